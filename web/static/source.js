// The source panel: which lines ran in the selected run, which did not, and why.

import { Component, html } from "./view.js";

/**
 * @typedef {import("./api.js").FileCoverage} FileCoverage
 * @typedef {import("./api.js").SourceText} SourceText
 * @typedef {{file: string, line: number}} Target
 * @typedef {{files: FileCoverage[], shown: FileCoverage | null, text: SourceText | null,
 *   run: number | null, target: Target | null, detailed: boolean,
 *   onFile: (fileNo: number) => void}} Props
 */

/** @extends {Component<Props>} */
export class SourcePanel extends Component {
  componentDidMount() {
    this.scroll();
  }

  /** @param {Props} before */
  componentDidUpdate(before) {
    const { target, text, run } = this.props;
    if (before.target !== target || before.text !== text || before.run !== run) this.scroll();
  }

  /** Brings the asked-for line into view, or else the line that ended the run. */
  scroll() {
    const row = this.base?.querySelector(".target") ?? this.base?.querySelector(".halting");
    row?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Props} props */
  render({ files, shown, text, run, target, detailed, onFile }) {
    if (!shown || !text || run === null) {
      const reason = run === null ? "No run is selected."
        : detailed ? "Loading…" : "The lines of this run were not kept.";
      return html`<div class="source"><p class="empty quiet">${reason}</p></div>`;
    }
    const total = shown.executed.length + shown.not_run.length;
    return html`<div class="source">
      <div class="panel-bar">
        ${files.length > 1
          ? html`<label class="visually-hidden" for="file">File</label>
            <select id="file" value=${shown.file_no} onChange=${(/** @type {Event} */ event) =>
              onFile(Number(/** @type {HTMLSelectElement} */ (event.target).value))}>
              ${files.map(({ file_no, file }) => html`<option value=${file_no}>${file}</option>`)}
            </select>`
          : html`<strong class="name" title=${shown.file}>${shown.file}</strong>`}
        <span class="quiet">run ${run} · ${shown.executed.length} of ${total} lines</span>
      </div>
      <div class="scroll" tabindex="0" role="region" aria-label=${`Source of ${shown.file}`}>
        <table class="code">
          <thead class="visually-hidden"><tr>
            <th scope="col">Line</th><th scope="col">Times run</th>
            <th scope="col">Source</th><th scope="col">What happened</th></tr></thead>
          <tbody>${rows(shown, text, target)}</tbody>
        </table>
      </div>
    </div>`;
  }
}

/**
 * @param {FileCoverage} coverage
 * @param {SourceText} text
 * @param {Target | null} target
 */
function rows(coverage, text, target) {
  const hits = new Map(coverage.executed.map(([line, count, capped]) => [line, capped ? `${count}+` : `${count}`]));
  const reasons = new Map(coverage.not_run);
  let before = "";
  return text.lines.map((tokens, index) => {
    const line = index + 1;
    const reason = reasons.get(line);
    const isHalting = line === coverage.halting_line;
    const wanted = target?.file === coverage.file && target.line === line;
    const isBlank = tokens.every(([, part]) => part.trim() === "");
    const note = isHalting ? coverage.halting_text ?? "" : reason ?? "";
    // A reason that holds for many lines is shown once, and read out for each.
    const repeated = note !== "" && note === before && !isHalting;
    if (!isBlank) before = isHalting ? "" : note;
    const kind = isHalting ? "halting" : reason ? "not-run" : hits.has(line) ? "ran" : "";
    const mark = isHalting && html`<span aria-hidden="true">■ </span>`;
    const said = note && html`${mark}<span class=${repeated ? "visually-hidden" : ""}>${note}</span>`;
    return html`<tr key=${line} class=${`${kind}${wanted ? " target" : ""}`} data-line=${line}>
      <td class="number">${line}</td>
      <td class="hits">${hits.get(line) ?? (reason ? "·" : "")}</td>
      <td class="text"><code>${tokens.map(([name, part]) => name ? html`<span class=${name}>${part}</span>` : part)}</code></td>
      <td class="note">${said}</td></tr>`;
  });
}
