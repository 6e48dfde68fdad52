// Contexts that AWS CDK stages: it applies the ignore file itself, as it copies them, and lets the Dockerfile back in by its base name alone.
import type { Build } from '../model/build.ts'
import { neighboursOf } from '../model/neighbours.ts'
import { ownPath } from './build-files.ts'
import { fact } from './fact.ts'

const SETTINGS = 'cdk.json'

/** Whether an app of CDK lies in the folder of the context, in one above it, or right beside one of these. */
const hasCdk = fact(({ context: { repository, source } }: Build): boolean => {
  const files = repository?.contextFolder != null ? repository.files : source
  if (files === null) return false
  const parts = (repository?.contextFolder ?? '').split('/').filter(part => part !== '')
  const above = ['', ...parts.map((_, at) => parts.slice(0, at + 1).join('/'))]
  const within = (folder: string): boolean => above.includes(folder) || above.includes(folder.slice(0, Math.max(0, folder.lastIndexOf('/'))))
  return files.list(folder => !within(folder)).some(({ path }) => path === SETTINGS || path.endsWith(`/${SETTINGS}`) && within(path.slice(0, -SETTINGS.length - 1)))
})

/** Dockerfiles of the context that CDK would not find any more where an ignore file hides them: those in a folder of it. */
export const cdkDockerfiles = fact((build: Build): readonly string[] => {
  const folder = build.context.repository?.contextFolder ?? ''
  const prefix = folder === '' ? '' : `${folder}/`
  const others = neighboursOf(build).flatMap(({ path }) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : []))
  const nested = [ownPath(build), ...others].filter(path => path.includes('/'))
  return nested.length > 0 && hasCdk(build) ? nested : []
})
