// What the phone remembers without a network: who is logged in, and the city's facts. Nothing secret: the session's
// own key is a cookie that no script can read.
import type { Config, Session } from "../api";

const SESSION = "gridmaps.session";
const CONFIG = "gridmaps.config";

function read<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null; // what cannot be read is as good as forgotten
  }
}

export const keptSession = (): Session | null => read<Session>(SESSION);
export const keptConfig = (): Config | null => read<Config>(CONFIG);
export const keepConfig = (config: Config): void => localStorage.setItem(CONFIG, JSON.stringify(config));

/** Kept until the log-out or the server's own word that the session has ended; no network is neither. */
export function keepSession(session: Session | null): void {
  if (session === null) return localStorage.removeItem(SESSION);
  const { login, name, role, permissions } = session;
  localStorage.setItem(SESSION, JSON.stringify({ login, name, role, cells: null, permissions }));
}
