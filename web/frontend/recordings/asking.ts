// How the list asks the server.

/**
 * What it answers.
 * @throws Error with what it said, when it refuses
 */
export async function ask<T>(path: string, method = "GET", body?: unknown): Promise<T> {
  const sent: HeadersInit = body === undefined ? {} : { "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers: sent, body: JSON.stringify(body) }).catch(
    () => {
      throw new Error("rerun-trace does not answer any more.");
    },
  );
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? `The answer was ${answer.status}.`);
  return said;
}
