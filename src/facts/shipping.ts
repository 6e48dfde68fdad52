// Whether advice for images that ship to production fits a file at all.
import type { Build, Stage } from '../model/build.ts'
import { fact } from './fact.ts'
import { startsDevelopment } from './image-command.ts'
import { kindOfFile } from './stages.ts'

/** Words in the name of a file, its folder or its stage whose image serves a developer or a build, not a user. */
const HELPER = /(?:^|[-_.])(?:dev|devel|development|devcontainer|tilt|tests?|testing|testfiles|ci|build|builder|build-?env|compile|compiler|lint|docs?|sign|signing)(?:[-_.]|$)/
const HELPER_FOLDER = /(?:^|[-_.])(?:dev|devel|development|devcontainer|tests?|testing|testfiles|ci|debug(?:ger)?|docs?|genproto|codegen)(?:[-_.]|$)/
/** Anywhere in the path. */
const HELPER_PATH = /(?:^|\/)(?:\.(?:kokoro|buildkite|teamcity|semaphore|gitpod)|dev|hack|testfiles|integration|playwright|cypress)\//
/** A last stage whose files others take, or that only checks or uploads what the others made. */
const HELPER_STAGE = /^(?:deps|dependencies|validate|verify|upload(?:[-_]\w+)?|artifacts?)$/
const DEVELOPERS = /^(?:dev|devel|development|test|tests|testing)$/
/** What comments say of such an image, or of layers that are of no account: anywhere, and at the head of the file. */
const SETTLED = /squash|builder (?:docker)?file|\b(?:is|as|for) (?:an?|the|our) (?:\w+ )?(?:builder|build|development|dev|test)[ -](?:image|container|environment)/i
const SETTLED_AT_HEAD = /\b(?:builder|build|development|dev|testing|test|ci)[ -](?:image|container|env)|used (?:to|for) (?:build|test|develop)/i

/** An application or base image: no helper of developers and builds by its names and comments. */
export const isForShipping = fact((build: Build): boolean => {
  const kind = kindOfFile(build)
  const [name = '', folder = ''] = build.path.toLowerCase().split('/').reverse()
  const isNamed = HELPER.test(name.replace(/dockerfile|containerfile/, '')) || HELPER_FOLDER.test(folder) || HELPER_PATH.test(build.path) || isHelper(build.target)
  return kind !== 'development' && kind !== 'test' && !isNamed && !saysOtherwise(build) && !startsDevelopment(build)
})

/** A last stage that only renames a stage for developers is one itself. */
const isHelper = ({ name, base }: Stage): boolean =>
  HELPER.test(name ?? '') || HELPER_STAGE.test(name ?? '') || base.kind === 'stage' && DEVELOPERS.test(base.stage.name ?? '') && !/prod|release|runtime|ship|deploy/.test(name ?? '')

/** Whether a comment says that the image is squashed, or no more than a step towards another. */
export const saysOtherwise = fact(({ text, comments, stages }: Build): boolean => comments.some(({ span }) => {
  const comment = text.slice(span.start, span.end)
  return SETTLED.test(comment) || span.start < (stages[0]?.span.start ?? 0) && SETTLED_AT_HEAD.test(comment)
}))
