// A bar between two parts of a page: it is dragged, or moved with the arrow keys.

/**
 * `axis`: the way it moves; `value`, `min`, `max` in `unit`s
 */
interface Props {
  label: string;
  axis: "x" | "y";
  name: string;
  value: number;
  min: number;
  max: number;
  unit: string;
  /** the value as it is now, where `value` may be an older one */
  current?: () => number;
  /** of one key */
  by: number;
  onValue: (value: number) => void;
  /** the pointer is at x or y, in CSS pixels of the window */
  onDrag: (at: number, bar: HTMLElement) => void;
  onReset: () => void;
}

export function Splitter(props: Props) {
  const { label, axis, name, value, min, max, unit, by, onValue, onDrag, onReset } = props;
  const [less, more] = axis === "x" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const now = props.current?.() ?? value;
    const keys = { [less]: now - by, [more]: now + by, Home: min, End: max };
    const next = keys[event.key];
    if (next === undefined) return;
    event.preventDefault(); // elsewhere, arrows move through time
    event.stopPropagation();
    onValue(next);
  };
  return (
    <div
      class={`splitter splitter-${axis} splitter-${name}`}
      role="separator"
      tabindex={0}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-label={label}
      aria-valuenow={Math.round(value)}
      aria-valuemin={Math.round(min)}
      aria-valuemax={Math.round(max)}
      aria-valuetext={`${Math.round(value)} ${unit}`}
      title="Drag, or use the arrow keys; a double click sets it back"
      onKeyDown={onKey}
      onDblClick={onReset}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        // A frame beside it would take the pointer.
        document.documentElement.classList.add("is-dragged");
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        onDrag(axis === "x" ? event.clientX : event.clientY, event.currentTarget);
      }}
      onLostPointerCapture={() => document.documentElement.classList.remove("is-dragged")}
    ></div>
  );
}
