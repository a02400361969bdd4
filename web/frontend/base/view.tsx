// Preact and htm, put together: `html` makes virtual nodes from a template.
import { Component, h, render } from "preact";
import htm from "../../static/vendor/htm.js";

export const html = htm.bind(h);
export { Component, render };
