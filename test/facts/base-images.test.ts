import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figureSources, figuresMade, imageNames, imageRows, systems } from '../../src/data/base-images.ts'
import { families, retiredRows, supportAsOf, supportRows, variantSources } from '../../src/data/lighter-variants.ts'
import {
  imageFamilies, imageFigure, imageSupport, lighterVariants, megabytes, osOf, retiredImage, savingInWords, sdkImage, sizeInWords, standsFor,
} from '../../src/facts/base-images.ts'

const words = (ref: string): string | null => sizeInWords(imageFigure(ref))
const hex = 'a'.repeat(64)

describe('imageFigure', () => {
  it.each([
    // reference, how, recorded tag, size in words
    ['node:22', 'exact', undefined, 'is 408 MB'],
    ['docker.io/library/node:22', 'exact', undefined, 'is 408 MB'],
    ['registry-1.docker.io/amd64/node:22', 'exact', undefined, 'is 408 MB'],
    [`node:22@sha256:${hex}`, 'exact', undefined, 'is 408 MB'],
    ['mcr.microsoft.com/dotnet/sdk:8.0', 'exact', undefined, 'is 316 MB'],
    ['node:18-slim', 'exact', undefined, 'is 80 MB (as of 2023)'],
    ['alpine:3.19', 'exact', undefined, 'is 3.4 MB'],
    ['continuumio/anaconda3', 'exact', undefined, 'is about 1.9 GB on disk (as of 2016)'],
    ['registry.access.redhat.com/ubi10/ubi-minimal', 'exact', undefined, 'is about 32 MB (undated)'],
    ['node:22-bookworm', 'alias', '22', 'is 408 MB'],
    ['debian:12-slim', 'alias', 'bookworm-slim', 'is 28 MB'],
    ['ubuntu', 'alias', '26.04', 'is 42 MB'],
    ['node:22.11.0-slim', 'patch', '22-slim', 'is about 80 MB'],
    ['node:22.11-bookworm-slim', 'patch', '22-slim', 'is about 80 MB'],
    ['openjdk:8u342-jre', 'patch', '8-jre', 'is about 114 MB (as of 2020)'],
    ['openjdk:8u342-b07-jre', 'patch', '8-jre', 'is about 114 MB (as of 2020)'],
    ['debian:12.5', 'patch', 'bookworm', 'is about 49 MB'],
    ['golang:1.22', 'nearest', '1.25', 'is about 305 MB, judging by tag 1.25'],
    ['golang:1.22-bookworm', 'nearest', '1.25', 'is about 305 MB, judging by tag 1.25'],
    ['golang:1.22-alpine3.19', 'nearest', '1.25-alpine', 'is about 64 MB, judging by tag 1.25-alpine'],
    ['golang', 'nearest', '1.25', 'is about 305 MB, judging by tag 1.25'],
    ['postgres:16', 'nearest', '17', 'is about 161 MB, judging by tag 17'],
    ['postgres:latest', 'nearest', '17', 'is about 161 MB, judging by tag 17'],
    ['postgres:12.2', 'patch', '12.4', 'is about 114 MB (as of 2020)'],
    ['python:3.10', 'nearest', '3.9', 'is about 341 MB (as of 2020), judging by tag 3.9'],
    ['node:26-slim', 'nearest', '24-slim', 'is about 80 MB, judging by tag 24-slim'],
    ['rust:1.75-bookworm', 'nearest', '1', 'is about 593 MB, judging by tag 1'],
    ['ubuntu:24.10', 'nearest', '24.04', 'is about 30 MB, judging by tag 24.04'],
    ['python:3.12-slim-bullseye', 'nearest', '3.12-slim', 'is about 43 MB, judging by tag 3.12-slim'],
    ['golang:1.22-windowsservercore', 'image', undefined, null],
    ['debian:bookworm-20240211', 'image', undefined, null],
    ['node:constructor', 'image', undefined, null],
    ['node:__proto__', 'image', undefined, null],
    [`node@sha256:${hex}`, 'image', undefined, null],
    ['constructor:latest', 'none', undefined, null],
    ['quay.io/node:22', 'none', undefined, null],
    ['my.registry:5000/node:22', 'none', undefined, null],
    ['node:${VERSION}', 'none', undefined, null],
  ])('%s: %s by %s, %s', (ref, how, judgedBy, size) => {
    const figure = imageFigure(ref)
    expect([figure.how, figure.judgedBy, sizeInWords(figure)]).toEqual([how, judgedBy, size])
  })

  it('keeps source and date of each measure', () => {
    expect(imageFigure('openjdk:8-jre')).toEqual({
      how: 'exact', compressedBytes: 114068453, uncompressedBytes: 264780000, os: 'debian-10', family: 'debian', libc: 'glibc', packageManager: 'apt', shell: true,
      source: 'repo-info-2020', date: '2020-10-13', onDisk: { source: 'repo-info-2020', date: '2020-09-10' },
    })
  })

  it('prefers the bare major tag only for what is newer than every recorded minor version and if its figure is newer', () => {
    expect(imageFigure('mysql:8.4').judgedBy).toBe('8')
    expect(imageFigure('rust:1.20-jessie').judgedBy).toBe('1.23-jessie')
  })
})

describe('the table of sizes', () => {
  it('has a known source, a system and a date for every figure', () => {
    const sources = figureSources()
    for (const name of imageNames()) {
      const { tags, aliases } = imageRows(name)!
      for (const [tag, [compressed, onDisk, os, source, date, more]] of Object.entries(tags)) {
        expect(compressed + onDisk, `${name}:${tag}`).toBeGreaterThan(0)
        expect(sources).toHaveProperty([source])
        if (date !== null) expect(date).toMatch(/^20\d\d-\d\d-\d\d$/)
        if (date !== null) expect(date <= figuresMade).toBe(true)
        if (more?.onDisk) expect(sources).toHaveProperty([more.onDisk[0]])
        if (os !== '') expect(Object.keys(systems).some(family => os === family || os.startsWith(`${family}-`))).toBe(true)
        expect(imageFigure(`${name}:${tag}`).how).toBe('exact')
      }
      for (const [tag, target] of Object.entries(aliases)) if (Object.hasOwn(tags, target)) expect(imageFigure(`${name}:${tag}`).judgedBy).toBe(target)
    }
  })
  it('says what every image of the README needs', () => {
    expect(imageNames()).toHaveLength(140)
    const rows = imageNames().map(name => Object.keys(imageRows(name)!.tags).length)
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(1720)
  })
})

describe('words', () => {
  it.each([[0, '0.0 MB'], [764_618, '0.8 MB'], [3_849_738, '3.8 MB'], [9_949_999, '9.9 MB'], [9_950_000, '10 MB'], [408_499_334, '408 MB'], [999_500_000, '1.0 GB'], [20_000_000_000, '20.0 GB']])(
    '%i bytes are %s', (bytes, text) => expect(megabytes(bytes)).toBe(text))
  it('tells how a saving is known', () => {
    const saving = { bytes: 303_000_000, measure: 'compressed', how: 'nearest', isAbout: true, isAtLeast: true, judgedBy: '1.25', date: '2026-07-14' } as const
    expect(savingInWords(saving)).toBe('at least about 303 MB, judging by tag 1.25')
    expect(savingInWords({ ...saving, how: 'figures', isAbout: false, isAtLeast: false, measure: 'uncompressed', date: '2020-01-01' })).toBe('303 MB on disk (as of 2020)')
  })
  it('gives a figure its year from two years before the table was made', () => {
    expect(words('node:20')).toBe('is 398 MB')
    expect(words('debian:sid')).toBe('is 52 MB')
    expect(words('node:18')).toBe('is 370 MB (as of 2023)')
  })
})

describe('osOf', () => {
  const debian = { family: 'debian', libc: 'glibc', packageManager: 'apt', shell: true }
  const alpine = { family: 'alpine', libc: 'musl', packageManager: 'apk', shell: true }
  it.each([
    ['node:22', debian], ['node:22.1-bookworm', debian], ['golang:1.22', debian], ['golang:1.22-alpine', alpine], ['nginx:stable-alpine3.19-slim', alpine],
    [`debian@sha256:${hex}`, debian], ['debian:bookworm-20240211', debian], ['nvidia/cuda:12.2.0-devel-ubuntu22.04', { ...debian, family: 'ubuntu' }],
    ['mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled', { family: 'ubuntu-chiseled', libc: 'glibc', packageManager: null, shell: false }],
    ['buildpack-deps:18.04', { ...debian, family: 'ubuntu' }], ['mysql:8', { family: 'oraclelinux', libc: 'glibc', packageManager: 'yum/dnf/microdnf', shell: true }],
    ['busybox:musl', { family: 'busybox', libc: 'musl', packageManager: null, shell: true }],
    ['busybox', { family: 'busybox', packageManager: null, shell: true }],
  ])('%s', (ref, system) => expect(osOf(ref)).toEqual(system))
  it.each([
    'mysql:8.0', // Debian in 2020, Oracle Linux since
    'openjdk:17', // judged by another version, and versions differ
    `node@sha256:${hex}`, 'golang:1.22-nanoserver', 'acme/base:alpine', 'scratch', '',
  ])('is silent on %s', ref => expect(osOf(ref)).toBeNull())
})

describe('standsFor', () => {
  it.each([['postgres', '18.6'], ['postgres:latest', '18.6'], ['golang:alpine', '1.27-alpine'], ['alpine:3', '3.24'], ['debian:latest', null], ['node:22-nothing', null], ['acme/app', null], ['', null]])(
    '%s is %s', (ref, version) => expect(standsFor(ref)).toBe(version))
})

describe('retiredImage', () => {
  it.each([
    ['openjdk:17', 'deprecated', 'eclipse-temurin'], ['centos:7', 'removed', 'almalinux'], ['amazonlinux:1', 'eol', 'amazonlinux:2023'], ['amazonlinux:2', 'eol', 'amazonlinux:2023'],
    ['mcr.microsoft.com/dotnet/core/aspnet:3.1', 'moved', 'mcr.microsoft.com/dotnet/aspnet'], ['jupyter/scipy-notebook', 'moved', 'quay.io/jupyter/scipy-notebook'],
  ])('%s is %s', (ref, status, successor) => {
    expect(retiredImage(ref)?.status).toBe(status)
    expect(retiredImage(ref)?.successors).toContain(successor)
  })
  it('knows onbuild tags of library images only', () => {
    expect(retiredImage('node:8-onbuild')?.note).toContain('ONBUILD')
    expect(retiredImage('acme-base:onbuild')).toBeNull()
  })
  it.each(['node:22', 'amazonlinux:2023', 'amazonlinux', 'amazonlinux@sha256:00', 'acme/centos', ''])('%s is not', ref => expect(retiredImage(ref)).toBeNull())
})

describe('imageSupport', () => {
  it('gives product and distribution', () => {
    expect(imageSupport('python:3.8-slim-buster')).toEqual([
      { product: 'python', cycle: '3.8', ends: '2024-10-07', hasEnded: true },
      { product: 'debian', cycle: '10', ends: '2022-09-10', lts: '2024-06-30', hasEnded: true },
    ])
    expect(imageSupport('node:14-alpine3.12').map(({ product, cycle }) => `${product} ${cycle}`)).toEqual(['nodejs 14', 'alpine-linux 3.12'])
    expect(imageSupport('nvidia/cuda:12.2.0-devel-ubuntu22.04').map(({ product, cycle }) => `${product} ${cycle}`)).toEqual(['ubuntu 22.04'])
  })
  it('counts the free support, on the day given', () => {
    expect(imageSupport('debian:bookworm')).toEqual([{ product: 'debian', cycle: '12', ends: '2026-07-11', lts: '2028-06-30', hasEnded: false }])
    expect(imageSupport('debian:bookworm', '2028-07-01')[0]?.hasEnded).toBe(true)
    expect(imageSupport('ubuntu:18.04')).toEqual([{ product: 'ubuntu', cycle: '18.04', ends: '2023-05-31', paid: '2028-04-01', hasEnded: true }])
    expect(imageSupport('node:3')).toEqual([{ product: 'nodejs', cycle: '3', ends: null, hasEnded: true }])
    expect(imageSupport('node:lts-jod')[0]?.cycle).toBe('22')
  })
  it.each(['node', 'node:latest', 'node:22-nothing9', 'node:constructor', 'acme/python:3.8-buster', 'golang:1.99', ''])('has no end for %s', ref => {
    expect(imageSupport(ref).filter(({ hasEnded }) => hasEnded)).toEqual([])
  })
})

describe('the tables of variants', () => {
  it('name known sources', () => {
    const sources = variantSources()
    const named = [...families().flatMap(family => family.lighter.flatMap(variant => variant.basis ?? [])), ...retiredRows().map(row => row.source), 'endoflife']
    for (const source of named) expect(sources).toHaveProperty([source])
    expect(sources['endoflife']?.asOf).toBe(supportAsOf)
  })
})

describe('hostile references', () => {
  const questions = [imageFigure, osOf, standsFor, lighterVariants, imageFamilies, sdkImage, retiredImage, imageSupport, words] as const
  const ask = (ref: string): void => questions.forEach(question => question(ref))

  it.each(['', ' ', ':', '@', '/', '\u0000', 'node:\uD800', '${X}', '[', '{v}', 'x'.repeat(10_240), `node:${'1'.repeat(10_240)}`, `node:${'1.'.repeat(5000)}`, 'a/'.repeat(5000)])(
    'are no error (%#)', ref => expect(() => ask(ref)).not.toThrow())

  it('are no error for any text, alone or as a tag', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => { ask(text) }))
    fc.assert(fc.property(fc.constantFrom(...imageNames()), fc.string({ unit: fc.constantFrom(...'019.-_uvbjdkalpine'), maxLength: 128 }), (name, tag) => { ask(`${name}:${tag}`) }))
  })

  it('keep every expression of the tables linear enough: a run that does not end would time out', () => {
    const units = ['1', '1.', '1-', '1_', 'a', 'a-', '-', '.', '_', '1.1-', 'u1-b1', '8u', 'jdk', 'alpine', 'alpine3.', '-slim', 'latest', 'php8.1-', '1.1.1.', 'v', 'x.', '12', '9_']
    const rows = [...families(), ...retiredRows(), ...supportRows()]
    const sources = rows.flatMap(row => [row.imageMatch, 'match' in row ? row.match : undefined, 'tag' in row ? row.tag : undefined, 'tagNames' in row ? row.tagNames : undefined])
    const expressions = [...new Set(sources.filter(source => source !== undefined))].map(source => new RegExp(source))
    for (const unit of units) {
      for (const other of ['', ...units]) {
        const text = (unit + other).repeat(128).slice(0, 255)
        for (const pattern of expressions) for (const end of ['', '!', '-', '.']) pattern.test(text + end)
      }
    }
    expect(expressions.length).toBeGreaterThan(50)
  })
})
