// Preact and htm, put together: `html` makes virtual nodes from a template.
import { Component, h, render } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

export const html = htm.bind(h);
export { Component, render };
