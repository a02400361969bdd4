// The list of recordings: filters it, deletes from it, says when, and what is in each recording.

import { watchApp } from "../api/liveapp";
import { showTrouble } from "../base/head";
import { letDelete, sayDeleted } from "../recordings/deleting";
import { countFaults } from "../recordings/faults";
import { letFilter } from "../recordings/filter";
import { rowsOf } from "../recordings/rows";
import { offerSamples } from "../recordings/samples";
import { keepTimes } from "../recordings/times";

const rows = rowsOf(document);
keepTimes();
sayDeleted();
letFilter(rows, letDelete(rows));
offerSamples();
countFaults(rows);
watchApp((app) => app && showTrouble(app.trouble));
