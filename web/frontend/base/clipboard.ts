// Puts texts into the clipboard, and files into the person's folder.

/**
 * Copies a text; where the browser does not let a page do so, false.
 * @param near  in the dialog that is open: nothing outside of it can be selected
 */
export async function copy(text: string, near: Element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not a secure context, or not allowed: the old way.
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  near.append(field);
  const focused = document.activeElement;
  field.select();
  let isDone = false;
  try {
    isDone = document.execCommand("copy");
  } catch {
    isDone = false;
  }
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isDone;
}

/** Saves a file. */
export function save(blob: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
