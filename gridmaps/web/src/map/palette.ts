// The colours of the two themes on the map, and the colours of states.
export type Palette = {
  ground: string;
  fill: string;
  loaded: string;
  unitLine: string;
  midLine: string;
  wideLine: string;
  label: string;
  halo: string;
  pick: string;
};

export const DARK: Palette = {
  ground: "#0e1319",
  fill: "#14202b",
  loaded: "#1f6f92",
  unitLine: "#2c3f4e",
  midLine: "#3c5364",
  wideLine: "#6b8496",
  label: "#b9c7d3",
  halo: "#0e1319",
  pick: "#ffffff",
};

export const LIGHT: Palette = {
  ground: "#f4f6f8",
  fill: "#e6edf4",
  loaded: "#7fb2e0",
  unitLine: "#b9c6d2",
  midLine: "#8ea1b3",
  wideLine: "#4f6478",
  label: "#2a3a48",
  halo: "#ffffff",
  pick: "#0b6bcb",
};

export const STATE_COLOURS = {
  new: "#f2b705",
  hand: "#4aa8ff",
  overdue: "#ff5d47",
  done: "#6f8090",
  history: "#5a6672",
} as const;
export type StateKey = keyof typeof STATE_COLOURS;
