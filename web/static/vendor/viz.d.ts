// The part of @viz-js/viz that the pages use. Written for this project.
export interface Viz {
  renderString(input: string, options?: { format?: string; engine?: string }): string;
}
export function instance(): Promise<Viz>;
