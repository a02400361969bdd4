// A report of a comparison, and of its recordings.

import { start } from "../comparison/compare";
import { begin } from "./report";

begin(start);
