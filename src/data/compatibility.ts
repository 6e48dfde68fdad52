// Which checks of hadolint and BuildKit say what one of our rules says. A comment that switches such a check off
// switches our rule off too. Sources: hadolint's README and `Rule/DL*.hs` (2.14), BuildKit's
// `frontend/dockerfile/linter/ruleset.go`, read 2026-08; ids of ours as in the rule catalogue.

type Table = ReadonlyMap<string, readonly string[]>

/** Our rule ids by hadolint code. */
export const hadolintRules: Table = new Map([
  // Retired by hadolint, still found in comments: apt-get, apk, yum and dnf upgrades.
  ['DL3005', ['system-upgrade-in-build']],
  ['DL3017', ['system-upgrade-in-build']],
  ['DL3031', ['system-upgrade-in-build']],
  ['DL3039', ['system-upgrade-in-build']],
  ['DL3035', ['system-upgrade-in-build']],
  ['DL3006', ['unpinned-base-image']],
  ['DL3007', ['unpinned-base-image']],
  ['DL3008', ['unpinned-tool-install']],
  ['DL3013', ['unpinned-tool-install']],
  ['DL3016', ['unpinned-tool-install']],
  ['DL3018', ['unpinned-tool-install']],
  ['DL3028', ['unpinned-tool-install']],
  ['DL3033', ['unpinned-tool-install']],
  ['DL3037', ['unpinned-tool-install']],
  ['DL3041', ['unpinned-tool-install']],
  ['DL3062', ['unpinned-tool-install']],
  ['DL3009', ['apt-lists-not-removed']],
  ['DL3010', ['copy-archive-then-extract']],
  ['DL3015', ['recommended-packages-installed']],
  ['DL3019', ['package-cache-not-cleaned']],
  ['DL3032', ['package-cache-not-cleaned']],
  ['DL3036', ['package-cache-not-cleaned']],
  ['DL3040', ['package-cache-not-cleaned']],
  ['DL3042', ['language-cache-in-layer']],
  ['DL3060', ['language-cache-in-layer']],
  ['DL3046', ['useradd-large-uid']],
  ['DL3059', ['merge-consecutive-run']],
  ['DL3064', ['secret-in-cache-key']],
  ['DL3067', ['copy-from-too-broad']],
])

/** Our rule ids by the name of a BuildKit check. */
export const buildkitRules: Table = new Map([
  ['CopyIgnoredFile', ['copy-ignored-file']],
  ['SecretsUsedInArgOrEnv', ['secret-in-cache-key']],
])
