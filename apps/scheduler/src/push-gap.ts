/** What storage services tell of a change leads to a run, but never so soon after the last one, in seconds. */
export const pushGapSeconds = 10;
