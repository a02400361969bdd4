// The list of recordings: says when the one that is being written cannot be.

import { showTrouble } from "../base/head";
import { watchApp } from "../api/liveapp";

watchApp((app) => app && showTrouble(app.trouble));
