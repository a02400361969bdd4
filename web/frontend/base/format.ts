// Numbers and symbols as people read them.

import { ENDED, NOWHERE, SYMBOLS } from "./words";

export const symbol = (outcome: string) => SYMBOLS[outcome] ?? "";

/**
 * How a run ended, as the tables and the timeline say it.
 * @param line  that ended it early
 */
export function outcomeText(outcome: string, line: number | null) {
  const text = ENDED[outcome] ?? outcome;
  return line && !NOWHERE.includes(outcome) ? `${text} at line ${line}` : text;
}

/** A time span such as `4.20 ms`. */
export function duration(ns: number) {
  const units: [string, number][] = [
    ["s", 1e9],
    ["ms", 1e6],
    ["µs", 1e3],
  ];
  for (const [unit, size] of units) {
    if (ns < size) continue;
    const value = ns / size;
    if (unit === "s" && value >= 60) {
      const seconds = Math.round(value);
      return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    }
    return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;
  }
  return `${Math.round(ns)} ns`;
}

/**
 * How many digits after the point tell multiples of a step apart.
 * @param step  ns
 * @param unit  ns
 */
export const digitsOf = (step: number, unit: number) =>
  Math.min(9, Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9)));

let origin = 0; // ns

/** Moments are told since then: a recording's clock begins with the process, before its page. */
export function countFrom(ns: number) {
  origin = ns;
}

/**
 * A moment of the recording: `3.201 s`, or `50:02.018` from a minute on.
 * @param digits  of the seconds' fraction
 */
export function moment(at: number, digits = 3) {
  const ns = Math.max(0, at - origin);
  if (ns < 60e9) return `${(ns / 1e9).toFixed(digits)} s`;
  const unit = 10 ** (9 - digits);
  const whole = Math.floor(ns / unit) * unit;
  const minutes = Math.floor(whole / 60e9);
  const seconds = ((whole % 60e9) / 1e9).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  if (minutes < 60) return `${minutes}:${seconds}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${seconds}`;
}

export const count = (value: number) => value.toLocaleString("en");

export const counted = (value: number, word: string) =>
  `${count(value)} ${word}${value === 1 ? "" : "s"}`;

/** What went wrong, for a person. */
export const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
