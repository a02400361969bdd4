// The list of recordings: says when the one that is being written cannot be.

import { watchApp } from "../api/liveapp";
import { showTrouble } from "../base/head";

watchApp((app) => app && showTrouble(app.trouble));
