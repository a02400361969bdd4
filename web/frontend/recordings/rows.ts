// The rows of the list, as the server wrote them.

export interface Row {
  id: number;
  runs: number;
  app: string;
  text: string;
  element: HTMLTableRowElement;
}

/** All of them, newest first. */
export const rowsOf = (page: Document): Row[] =>
  [...page.querySelectorAll<HTMLTableRowElement>("tr[data-id]")].map((element) => ({
    id: Number(element.dataset.id),
    runs: Number(element.dataset.runs),
    app: element.dataset.app ?? "",
    text: element.dataset.text ?? "",
    element,
  }));

/** Whether a recording passes the filters, as `web/models/recording_list.py` says it. */
export const passes = (row: Pick<Row, "app" | "text">, app: string, text: string) =>
  (app === "" || app === row.app) &&
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => row.text.includes(word));
