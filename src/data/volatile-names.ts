// Variables whose value differs from build to build, by name.
// Sources: the documentation of each CI system on its predefined variables, read 2026-08; the words are those of the rule catalogue.

/** Predefined variables of CI systems that change with every commit, pipeline or job. */
export const CI_VARIABLES: readonly string[] = [
  'CI_COMMIT_SHA', 'CI_COMMIT_SHORT_SHA', 'CI_PIPELINE_ID', 'CI_JOB_ID', 'CI_COMMIT_TIMESTAMP', 'CI_JOB_STARTED_AT', 'CI_PIPELINE_CREATED_AT', 'CI_COMMIT_TITLE', 'CI_JOB_TOKEN',
  'GITHUB_SHA', 'GITHUB_RUN_ID', 'GITHUB_RUN_NUMBER',
  'CIRCLE_SHA1', 'CIRCLE_BUILD_NUM', 'BUILD_BUILDID', 'BUILD_SOURCEVERSION', 'BUILD_BUILDNUMBER', 'BUILD_NUMBER', 'GIT_COMMIT', 'BUILD_TAG',
  'BITBUCKET_COMMIT', 'BITBUCKET_BUILD_NUMBER', 'TRAVIS_COMMIT', 'TRAVIS_BUILD_NUMBER', 'DRONE_COMMIT', 'DRONE_BUILD_NUMBER', 'SOURCE_VERSION', 'COMMIT_REF',
]

/** Words of a name, joined by `_`, that say that its value is a commit, a time or a counter. */
export const VOLATILE_WORDS: readonly string[] = ['COMMIT', 'REVISION', 'SHA', 'VCS_REF', 'BUILD_DATE', 'BUILD_TIME', 'BUILD_NUMBER', 'BUILD_ID', 'TIMESTAMP', 'CREATED', 'CREATED_AT', 'BUILT_AT', 'BUILT_ON', 'CACHEBUST']

/** Keys of labels that hold a commit or the time of the build: what fills them changes as often. */
export const VOLATILE_LABELS: readonly string[] = ['org.opencontainers.image.created', 'org.opencontainers.image.revision', 'org.label-schema.build-date', 'org.label-schema.vcs-ref']
