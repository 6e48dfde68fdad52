// Users with a high number whose creation makes the login records of the image as long as the number is high.
import type { Build, RunStep, Stage } from '../model/build.ts'
import type { NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { imageFigure } from './image-figures.ts'
import { argumentWords, hasOption, optionValue, parseWords } from './operands.ts'
import { rootOf } from './stage-trees.ts'
import { shippedSteps } from './shipped-steps.ts'
import { certainCommands } from './writes.ts'

export interface LargeUid {
  readonly command: NormalCommand
  readonly uid: number
  /** How long the login records become. */
  readonly bytes: number
}

/** Bytes of one user in /var/log/lastlog and /var/log/faillog. */
const RECORD = 292 + 32

const USERADD = { short: 'bcdefgGkKpRPsuZ', long: ['--base-dir', '--comment', '--home-dir', '--expiredate', '--inactive', '--gid', '--groups', '--skel', '--key', '--password', '--root', '--prefix', '--shell', '--uid', '--selinux-user'] }

/**
 * shadow up to 4.12 writes an empty record at the place of the number; since 4.13 (November 2022, commit ebf9b232) it leaves files
 * alone that are shorter. These releases have the old one; Alpine has no such files.
 */
const OLD_SYSTEM = /(?:^|[-:_/])(?:debian[-:](?:8|9|10|11)(?![\d])|(?:jessie|stretch|buster|bullseye|trusty|xenial|bionic|focal|jammy)(?![a-z])|ubuntu[-:](?:14|16|18|20|22)\.04|centos[-:](?:centos)?7(?!\d))/

export const largeUids = fact((build: Build): readonly LargeUid[] => shippedSteps(build).flatMap(step =>
  (step.kind === 'run' && !step.onbuild && !step.stage.windows && step.text.includes('useradd') && !/lastlog/i.test(step.text) && isOldSystem(step.stage) ? largeUidsIn(step) : [])))

function isOldSystem(stage: Stage): boolean {
  const { base } = rootOf(stage)
  if (base.kind !== 'image' || base.ref === null) return false
  const { how, os } = imageFigure(base.ref)
  return OLD_SYSTEM.test(base.ref) || os !== undefined && (how === 'exact' || how === 'alias') && OLD_SYSTEM.test(os)
}

const largeUidsIn = (step: RunStep): readonly LargeUid[] => certainCommands(step).flatMap(command => {
  if (command.program !== 'useradd') return []
  const parsed = parseWords(argumentWords(command), USERADD)
  const value = optionValue(parsed, '-u', '--uid')
  if (hasOption(parsed, '-l', '--no-log-init') || !value || !/^\d+$/.test(value)) return []
  return [{ command, uid: Number(value), bytes: Number(value) * RECORD }]
})
