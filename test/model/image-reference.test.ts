import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseImageReference } from '../../src/model/image-reference.ts'

const hex = 'a'.repeat(64)

describe('parseImageReference', () => {
  it.each([
    // reference, registry, repository, name for look-ups, tag, digest
    ['node', 'docker.io', 'library/node', 'node', null, null],
    ['node:22-slim', 'docker.io', 'library/node', 'node', '22-slim', null],
    ['docker.io/node:22', 'docker.io', 'library/node', 'node', '22', null],
    ['docker.io/library/node:22', 'docker.io', 'library/node', 'node', '22', null],
    ['index.docker.io/library/node', 'docker.io', 'library/node', 'node', null, null],
    ['registry-1.docker.io/library/node:22', 'registry-1.docker.io', 'library/node', 'node', '22', null],
    ['library/node:22', 'docker.io', 'library/node', 'node', '22', null],
    ['amd64/node:22', 'docker.io', 'amd64/node', 'node', '22', null],
    ['arm64v8/node:22', 'docker.io', 'arm64v8/node', 'arm64v8/node', '22', null],
    ['oven/bun:1', 'docker.io', 'oven/bun', 'oven/bun', '1', null],
    ['mcr.microsoft.com/dotnet/sdk:8.0', 'mcr.microsoft.com', 'dotnet/sdk', 'mcr.microsoft.com/dotnet/sdk', '8.0', null],
    ['quay.io/amd64/node', 'quay.io', 'amd64/node', 'quay.io/amd64/node', null, null],
    ['mirror.gcr.io/library/golang:1.17', 'mirror.gcr.io', 'library/golang', 'golang', '1.17', null],
    ['mirror.gcr.io/grafana/loki', 'mirror.gcr.io', 'grafana/loki', 'grafana/loki', null, null],
    ['public.ecr.aws/docker/library/node:22', 'public.ecr.aws', 'docker/library/node', 'node', '22', null],
    ['public.ecr.aws/amazonlinux/amazonlinux:2', 'public.ecr.aws', 'amazonlinux/amazonlinux', 'amazonlinux', '2', null],
    ['public.ecr.aws/lambda/python:3.13', 'public.ecr.aws', 'lambda/python', 'public.ecr.aws/lambda/python', '3.13', null],
    ['reg:5000/proxy/library/ruby:3', 'reg:5000', 'proxy/library/ruby', 'ruby', '3', null],
    ['reg:5000/library/team/ruby', 'reg:5000', 'library/team/ruby', 'reg:5000/library/team/ruby', null, null],
    ['localhost/app', 'localhost', 'app', 'localhost/app', null, null],
    ['localhost:5000/app:v1', 'localhost:5000', 'app', 'localhost:5000/app', 'v1', null],
    ['[::1]:5000/app', '[::1]:5000', 'app', '[::1]:5000/app', null, null],
    ['Registry/app', 'Registry', 'app', 'Registry/app', null, null],
    ['localhost:5000', 'docker.io', 'library/localhost', 'localhost', '5000', null],
    [`node@sha256:${hex}`, 'docker.io', 'library/node', 'node', null, `sha256:${hex}`],
    [`reg:5000/a/b:t@sha256:${hex}`, 'reg:5000', 'a/b', 'reg:5000/a/b', 't', `sha256:${hex}`],
    ['reg:5000/a/b:t@sha256:0000', 'reg:5000', 'a/b', 'reg:5000/a/b', 't', 'sha256:0000'],
    ['a__b/c-d--e/f.g', 'docker.io', 'a__b/c-d--e/f.g', 'a__b/c-d--e/f.g', null, null],
    ['constructor', 'docker.io', 'library/constructor', 'constructor', null, null],
  ])('reads %s', (text, registry, repository, name, tag, digest) => {
    expect(parseImageReference(text)).toMatchObject({ registry, repository, name, tag, digest })
  })

  it.each(['docker.io/library/node', 'reg:5000/a/b', 'node'])('keeps what was written before tag and digest: %s', written => {
    expect(parseImageReference(`${written}:t@sha256:00`)?.written).toBe(written)
    expect(parseImageReference(written)?.written).toBe(written)
  })

  it.each([
    '', ' ', 'Node', 'node:', 'node:-a', 'node: 22', 'node:22 ', 'node@', 'node@sha256', 'node@sha256:', 'node@sha256:xyz', '@sha256:00', ':22',
    '/node', 'node/', 'a//b', 'a/./b', '-a', 'a-', 'a___b', 'a..b', 'a/_b', 'node:${V}', '$IMAGE', '${IMAGE:-node}', 'node:a:b', 'a@b@c', 'reg:x/a',
    '.reg/a', '-reg.io/a', 'reg-.io/a', 'node:22\n', 'nöde', 'node:ü', '\u0000', 'docker-image://node:22', hex, `node:${'t'.repeat(129)}`,
    'a'.repeat(256), `${'a/'.repeat(5000)}b`, `${'a.'.repeat(5000)}/b`, 'x'.repeat(10_240), '-'.repeat(10_240), ':'.repeat(10_240), '@'.repeat(10_240),
  ])('refuses what Docker refuses (%#)', text => {
    expect(parseImageReference(text)).toBeNull()
  })

  it('takes the longest tag and repository', () => {
    expect(parseImageReference(`node:${'t'.repeat(128)}`)?.tag).toHaveLength(128)
    expect(parseImageReference('a'.repeat(247))?.name).toHaveLength(247)
  })

  it('never throws, and never returns parts that are not in the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'ab0A./:@-_[]${}') })), text => {
      const reference = parseImageReference(text)
      if (!reference) return
      expect(text).toBe(reference.written + (reference.tag === null ? '' : `:${reference.tag}`) + (reference.digest === null ? '' : `@${reference.digest}`))
    }))
  })
})
