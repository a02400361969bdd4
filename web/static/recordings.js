// The list of recordings: says when the one that is being written cannot be.

import { showTrouble } from "./head.js";
import { watchApp } from "./liveapp.js";

watchApp((app) => app && showTrouble(app.trouble));
