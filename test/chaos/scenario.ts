/** What every chaos scenario is given. */
export type ScenarioOptions = {
  /** How often Viaduct is killed. */
  kills: number;
  /** The same seed makes the same plan; when what happens still differs. */
  seed: number;
  /** Told what happens, for people. */
  say: (words: string) => void;
  signal: AbortSignal;
};

/** The figures of a run; `pass` says whether all promises were kept. */
export type ScenarioResult = { pass: boolean } & Readonly<Record<string, unknown>>;

export type Scenario = (options: ScenarioOptions) => Promise<ScenarioResult>;
