// A report of recordings.

import { begin } from "./report";

begin();
