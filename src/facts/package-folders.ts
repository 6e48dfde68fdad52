// Folders in which packages and base images put files of their own, besides those of the system.
import type { Build } from '../model/build.ts'
import { parseImageReference } from '../model/image-reference.ts'
import { isWithin } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { shippedSteps } from './shipped-steps.ts'
import { rootOf } from './stage-trees.ts'

/** Of the system, and of what is installed in it: never empty for sure. */
const SYSTEM = /^\/(?:etc|bin|sbin|lib\w*|usr\/(?:share|lib\w*|s?bin|include)|var\/(?:lib|cache|log|spool))(?:\/|$)/
const SERVER = /^(?:apache2|libapache2|httpd|nginx|lighttpd|php)/
/** `index.html` of Debian's packages, and where other systems have theirs. */
const OF_SERVERS: Readonly<Record<string, readonly string[] | undefined>> = { apt: ['/var/www'], apk: ['/var/www/localhost'] }
const OF_OTHERS = ['/var/www', '/srv/www']
/** By the last part of the name of the image. */
const OF_IMAGES: Readonly<Record<string, string | undefined>> = { httpd: '/usr/local/apache2', tomcat: '/usr/local/tomcat', wordpress: '/usr/src/wordpress', drupal: '/opt/drupal' }

const areNested = (a: string, b: string): boolean => isWithin(a, b) || isWithin(b, a)

/** Whether files that no step names may lie in a folder of the image. */
export function mayHoldPackages(build: Build, path: string): boolean {
  if (SYSTEM.test(path)) return true
  const root = rootOf(build.target)
  const name = root.base.kind === 'image' && root.base.ref !== null ? parseImageReference(root.base.ref)?.name.split('/').at(-1) ?? '' : ''
  const own = OF_IMAGES[name]
  if (own !== undefined && areNested(own, path)) return true
  return shippedSteps(build).some(step => step.kind === 'run' && installsOf(step).some(({ row, manager, packages }) =>
    row.ecosystem === 'os' && packages.some(each => SERVER.test(each.name ?? '')) && (OF_SERVERS[manager] ?? OF_OTHERS).some(folder => areNested(folder, path))))
}
