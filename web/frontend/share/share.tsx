// "Share": what is shown, as a file, a link, a picture or a text.

import { Component, render } from "preact";
import type { Shared } from "../api/answers";
import { copy, save } from "../base/clipboard";
import { message } from "../base/format";
import { site } from "../base/site";

/** `file`: after the stem */
export interface Picture {
  name: string;
  file: string;
  make: () => Blob | Promise<Blob>;
}

interface Offer {
  /** what it leads to, such as `this moment` */
  link: string;
  load: () => Promise<Shared>;
  /** of what is shown */
  pictures: () => Picture[];
}

interface Props {
  offer: Offer;
  onClose: () => void;
}

/** `text`: to be copied by hand */
interface State {
  shared: Shared | null;
  said: string;
  problem: string;
  busy: string;
  text: string;
}

class ShareDialog extends Component<Props, State> {
  state: State = { shared: null, said: "", problem: "", busy: "", text: "" };
  pictures: Picture[];

  constructor(props: Props) {
    super(props);
    this.pictures = props.offer.pictures();
  }

  componentDidMount() {
    this.dialog.showModal();
    this.props.offer.load().then(
      (shared) => this.setState({ shared }),
      (error) =>
        this.setState({ problem: `Texts and files are not to be had here: ${message(error)}` }),
    );
  }

  get dialog() {
    return this.base as HTMLDialogElement;
  }

  async copy(name: string, text: string) {
    const isDone = await copy(text, this.dialog);
    if (isDone) this.setState({ said: `${name} is copied.`, problem: "", text: "" });
    else
      this.setState({
        said: "This browser lets no page copy: copy it from here.",
        problem: "",
        text,
      });
  }

  /** Makes a file and saves it. */
  async save(name: string, file: string, make: () => Blob | Promise<Blob>) {
    this.setState({ busy: name, said: `${name} is being made…`, problem: "", text: "" });
    try {
      save(await make(), file);
      this.setState({ said: `${file} is saved.` });
    } catch (error) {
      this.setState({ said: "", problem: message(error) });
    }
    this.setState({ busy: "" });
  }

  /** The keys of the page do not work meanwhile, and the arrows lead through the buttons. */
  onKey(event: KeyboardEvent) {
    event.stopPropagation();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.target instanceof HTMLTextAreaElement) return;
    event.preventDefault();
    const buttons = [...this.dialog.querySelectorAll("button:enabled")];
    const at = buttons.indexOf(document.activeElement as Element);
    const next = buttons[(at + by + buttons.length) % buttons.length];
    if (next instanceof HTMLElement) next.focus();
  }

  render({ offer, onClose }: Props, { shared, said, problem, busy, text }: State) {
    const stem = shared?.stem ?? "recording";
    const row = (name: string, about: string, buttons: [string, () => void][]) => (
      <li>
        <div>
          <strong>{name}</strong> <span class="quiet">{about}</span>
        </div>
        <span class="buttons">
          {buttons.map(([what, act]) => (
            <button
              type="button"
              disabled={busy !== ""}
              aria-label={`${what}: ${name}`}
              onClick={act}
            >
              {what}
            </button>
          ))}
        </span>
      </li>
    );
    const textOf = (content: string) => new Blob([content], { type: "text/markdown" });
    return (
      <dialog
        class="share"
        aria-labelledby="share-title"
        onClose={onClose}
        onKeyDown={(event) => this.onKey(event)}
      >
        <h2 id="share-title">Share</h2>
        <ul>
          {shared?.report &&
            !site.isReport &&
            row("Report", "one file that opens anywhere, offline", [
              [
                "Save",
                () => this.save("The report", `${stem}.html`, () => fetched(shared.report ?? "")),
              ],
            ])}
          {row("Link", `to ${offer.link}, for anyone who can open this page`, [
            ["Copy", () => this.copy("The link", location.href)],
          ])}
          {this.pictures.map(({ name, file, make }) =>
            row(name, file.endsWith("svg") ? "SVG" : "PNG", [
              ["Save", () => this.save("The picture", `${stem}-${file}`, make)],
            ]),
          )}
          {shared?.story &&
            row("Story", "Markdown: what was done, and what happened", [
              ["Copy", () => this.copy("The story", shared.story)],
              ["Save", () => this.save("The story", `${stem}.md`, () => textOf(shared.story))],
            ])}
          {shared?.issue &&
            row("For an issue", "Markdown: this interaction, the source, the graph", [
              ["Copy", () => this.copy("The text", shared.issue ?? "")],
            ])}
          {shared?.small_issue &&
            row("For an issue on Gitea", "its graphs are smaller", [
              ["Copy", () => this.copy("The text", shared.small_issue ?? "")],
            ])}
        </ul>
        <p role="status">{said || (!shared && !problem ? "Loading…" : "")}</p>
        {problem && (
          <p class="error-text" role="alert">
            {problem}
          </p>
        )}
        {text && (
          <textarea
            readOnly
            rows={6}
            aria-label="To be copied"
            value={text}
            ref={(field) => field?.select()}
          ></textarea>
        )}
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    );
  }
}

async function fetched(path: string): Promise<Blob> {
  const answer = await fetch(path).catch(() => null);
  if (!answer) throw new Error("rerun-trace does not answer any more. Is it still running?");
  if (answer.ok) return answer.blob();
  throw new Error(
    answer.status === 404
      ? "This version of rerun-trace makes no reports."
      : `The report cannot be made: ${answer.statusText}`,
  );
}

/**
 * Has the page's "Share" open the dialog.
 * @param offer  null: nothing is shown yet
 */
export function offerShare(offer: () => Offer | null) {
  const button = document.getElementById("share");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = offer();
    if (!now) return;
    const place = document.createElement("div");
    document.body.append(place);
    const close = () => {
      render(null, place);
      place.remove();
      button.focus();
    };
    render(<ShareDialog offer={now} onClose={close} />, place);
  });
}
