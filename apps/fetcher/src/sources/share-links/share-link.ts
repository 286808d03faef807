/** Where one kind of share link has its file; `null` when the address is none of that kind. */
export type ShareLink = (url: URL) => URL | null;
