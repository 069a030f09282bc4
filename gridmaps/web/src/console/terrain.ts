// The grid and the map under the cases: the city's facts, the map once they are known, a cell that is shown, and a place
// that was clicked to ask whose it is. Knows no list; the answer to a click is the card's own.
import * as api from "../api";
import { Question } from "../question";
import { say, type Centre } from "./centre";

const TRY_AGAIN_MS = 3000;

export type Touched = { onCase: (caseNo: string) => void; onAsked: () => void };

export class Terrain {
  private readonly asksCell = new Question();

  constructor(
    private readonly centre: Centre,
    private readonly touched: Touched,
  ) {}

  /** The city as it is now, and its map; tries again by itself until both are there. */
  async read(): Promise<void> {
    const { centre } = this;
    try {
      const config = await api.get<api.Config>("/api/v1/config");
      centre.set({ config, configError: null });
      await centre.element.updateComplete;
      await this.stand(config);
      await centre.ground?.showGrid(config);
      if (centre.state.session) await centre.ground?.showCases();
      centre.overlay();
    } catch (failed) {
      centre.set({ configError: say(failed) });
      setTimeout(() => void this.read(), TRY_AGAIN_MS);
    }
  }

  private async stand(config: api.Config): Promise<void> {
    if (this.centre.ground) return;
    const { Ground } = await import("./ground");
    const box = this.centre.element.querySelector<HTMLElement>(".map");
    if (!box) return;
    this.centre.ground = new Ground(box, config, { onCase: this.touched.onCase, onCell: (cell, at) => this.ask(cell, at) });
  }

  /** Whose is it there? Anywhere: a jurisdiction reaches over water and behind the border, where no cell lies. */
  ask(cell: Record<string, unknown> | null, at: [number, number]): void {
    this.centre.set({ cell: null, asked: { at, cell } });
    this.touched.onAsked();
  }

  askNoMore(): void {
    this.centre.set({ asked: null });
    void this.centre.ground?.setAsked(null, 0, []);
    this.centre.ground?.select(null);
  }

  async flyTo(code: string): Promise<void> {
    const asking = this.asksCell.ask(code);
    try {
      const cell = await api.get<api.CellFeature>(`/api/v1/cells/${encodeURIComponent(code)}`, asking.signal);
      if (!asking.counts()) return;
      const level = this.centre.state.config?.levels.find((one) => one.key === cell.properties.level);
      this.centre.set({ cell: { ...cell.properties, level: level?.rank ?? 0 } });
      this.centre.ground?.flyTo(cell.properties.label_point, code);
    } catch (failed) {
      if (asking.counts()) this.centre.set({ silenceError: say(failed) });
    }
  }

  /** `/?cell=code` is where a cell's own address leads. */
  async openAddress(): Promise<void> {
    const code = new URLSearchParams(location.search).get("cell");
    if (code) await this.flyTo(code);
  }
}
