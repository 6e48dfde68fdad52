// Which version of BuildKit's Dockerfile frontend brought which feature. Source: build tags and `release/*/tags` at the tags
// `dockerfile/1.0.0` to `dockerfile/1.26.0` of moby/buildkit, read 2026-08; where its reference says otherwise (`ADD --keep-git-dir`), the code counts.

export interface FrontendFeature {
  /** Minor version of 1.x that has it in the stable channel; null: none has. */
  readonly stable: number | null
  /** The same for the labs channel, called experimental up to 1.1; given where it had it earlier. */
  readonly labs?: number
}

/** Flags by keyword, then features that are none. */
export const frontendFeatures: Readonly<Record<string, FrontendFeature>> = {
  'RUN --mount': { stable: 2, labs: 0 },
  'RUN --network': { stable: 3, labs: 1 },
  'RUN --security': { stable: 20, labs: 1 },
  'RUN --device': { stable: null, labs: 14 },
  'COPY --chmod': { stable: 2 },
  'COPY --link': { stable: 4 },
  'COPY --exclude': { stable: 19, labs: 7 },
  'COPY --parents': { stable: 20, labs: 7 },
  'ADD --chmod': { stable: 2 },
  'ADD --link': { stable: 4 },
  'ADD --checksum': { stable: 6, labs: 5 },
  'ADD --keep-git-dir': { stable: 6, labs: 5 },
  'ADD --unpack': { stable: 17 },
  'ADD --exclude': { stable: 19, labs: 7 },
  'HEALTHCHECK --start-interval': { stable: 6 },
  'a here-document': { stable: 4, labs: 3 },
  'a symbolic --chmod': { stable: 14, labs: 11 },
  'a secret with env=': { stable: 10 },
}
