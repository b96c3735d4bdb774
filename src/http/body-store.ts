/** How much memory the longer bodies of all requests take together. */
export type BodyStore = {
  /** Takes room for so many bytes; false when there is none left. */
  take: (bytes: number) => boolean;
  give: (bytes: number) => void;
};

/** Room for `maxBytes`. Without this bound, a hundred clients that send slowly hold a hundred of the longest bodies. */
export function createBodyStore(maxBytes: number): BodyStore {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > maxBytes) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
  };
}
