import { describe, expect, it } from 'vitest'
import { families } from '../../src/data/lighter-variants.ts'
import { imageFamilies, imageFigure, lighterVariants, savingInWords, sdkImage } from '../../src/facts/base-images.ts'

const hex = 'a'.repeat(64)

/** A natural reference of each family, and one of the references proposed for it. */
const natural: Readonly<Record<string, readonly [ref: string, lighter: string]>> = {
  'node-full': ['node:22.11.0-bookworm', 'node:22.11.0-bookworm-slim'], 'node-slim': ['node:22-slim', 'gcr.io/distroless/nodejs22-debian13:latest'],
  'deno': ['denoland/deno:2.1.4', 'denoland/deno:alpine-2.1.4'], 'python-full': ['python:3.13', 'gcr.io/distroless/python3-debian13:latest'],
  'python-slim': ['python:3.12-slim-bookworm', 'python:3.12-alpine'], 'pypy-full': ['pypy:3.10', 'pypy:3.10-slim'],
  'uv-debian': ['ghcr.io/astral-sh/uv:python3.12-bookworm', 'ghcr.io/astral-sh/uv:python3.12-bookworm-slim'],
  'anaconda': ['continuumio/anaconda3:2024.02-1', 'continuumio/miniconda3:latest'], 'jupyter-big': ['jupyter/scipy-notebook', 'quay.io/jupyter/minimal-notebook:latest'],
  'golang-full': ['golang:1.22', 'scratch'], 'golang-alpine': ['golang:1.22-alpine3.19', 'alpine:latest'], 'rust-full': ['rust:1.75-bookworm', 'debian:bookworm-slim'],
  'gcc': ['gcc:13-bookworm', 'debian:bookworm-slim'], 'swift-full': ['swift:5.9-jammy', 'swift:5.9-jammy-slim'], 'dart': ['dart:stable', 'scratch'],
  'haskell-full': ['haskell:9.4-buster', 'haskell:9.4-slim-buster'], 'buildpack-deps': ['buildpack-deps:bookworm', 'buildpack-deps:bookworm-curl'],
  'temurin-jdk': ['eclipse-temurin:17-jdk-jammy', 'eclipse-temurin:17-jre-jammy'], 'temurin-jre': ['eclipse-temurin:21-jre', 'eclipse-temurin:21-jre-alpine'],
  'openjdk-jdk': ['openjdk:11-jdk', 'eclipse-temurin:11-jdk'], 'openjdk-jre': ['openjdk:8-jre', 'eclipse-temurin:8-jre-alpine'],
  'openjdk-small': ['openjdk:8-jdk-alpine', 'eclipse-temurin:8-jre-alpine'], 'corretto': ['amazoncorretto:17', 'amazoncorretto:17-al2023-headless'],
  'sapmachine-jdk': ['sapmachine:21', 'sapmachine:21-jre-alpine'], 'maven': ['maven:3.9-eclipse-temurin-21', 'eclipse-temurin:21-jre'], 'maven-any': ['maven:3.9', 'eclipse-temurin:21-jre'],
  'gradle': ['gradle:8-jdk17', 'gradle:8-jdk17-alpine'], 'gradle-any': ['gradle:8', 'eclipse-temurin:21-jre'], 'tomcat-jdk': ['tomcat:10.1-jdk17-temurin', 'tomcat:10.1-jre17'],
  'jetty': ['jetty:12.0-jdk21', 'jetty:12.0-jdk21-alpine'], 'groovy': ['groovy:4.0-jdk17', 'groovy:4.0-jdk17-alpine'], 'ruby-full': ['ruby:3.3-bookworm', 'ruby:3.3-slim-bookworm'],
  'ruby-slim': ['ruby:3.3-slim', 'ruby:3.3-alpine'], 'php': ['php:8.2-fpm-bookworm', 'php:8.2-fpm-alpine'], 'php-apache': ['php:8.2-apache', 'php:8.2-fpm-alpine'],
  'php-apps': ['wordpress:6.4-php8.2-fpm', 'wordpress:6.4-php8.2-fpm-alpine'], 'composer': ['composer:2', 'php:cli-alpine'], 'perl-full': ['perl:5.38-threaded', 'perl:5.38-slim-threaded'],
  'erlang-full': ['erlang:26', 'erlang:26-alpine'], 'elixir-full': ['elixir:1.16', 'debian:stable-slim'], 'dotnet-sdk': ['mcr.microsoft.com/dotnet/sdk:8.0', 'mcr.microsoft.com/dotnet/aspnet:8.0'],
  'dotnet-runtime': ['mcr.microsoft.com/dotnet/runtime:8.0', 'mcr.microsoft.com/dotnet/runtime:8.0-noble-chiseled'], 'nginx-debian': ['nginx:1.25', 'nginx:1.25-alpine-slim'],
  'httpd-debian': ['httpd:2.4', 'httpd:2.4-alpine'], 'redis-debian': ['redis:7.2', 'redis:7.2-alpine'], 'memcached-debian': ['memcached:1.6', 'memcached:1.6-alpine'],
  'haproxy-debian': ['haproxy:2.9', 'haproxy:2.9-alpine'], 'rabbitmq-debian': ['rabbitmq:3-management', 'rabbitmq:3-management-alpine'],
  'postgres-debian': ['postgres:16-bookworm', 'postgres:16-alpine'], 'ghost-debian': ['ghost:5', 'ghost:5-alpine'], 'nginx-alpine': ['nginx:1.25-alpine', 'nginx:1.25-alpine-slim'],
  'docker-dind': ['docker:27', 'docker:27-cli'], 'gcloud': ['google/cloud-sdk:450.0.0', 'google/cloud-sdk:450.0.0-alpine'], 'debian': ['debian:bookworm', 'debian:bookworm-slim'],
  'debian-latest': ['debian', 'debian:stable-slim'], 'ubuntu': ['ubuntu:22.04', 'alpine:latest'], 'almalinux': ['almalinux:9', 'almalinux:9-minimal'],
  'rockylinux': ['rockylinux/rockylinux:9', 'rockylinux/rockylinux:9-minimal'], 'oraclelinux': ['oraclelinux:9', 'oraclelinux:9-slim'],
  'ubi': ['registry.access.redhat.com/ubi9/ubi:9.3', 'registry.access.redhat.com/ubi9/ubi-minimal:latest'],
  'cuda-devel': ['nvidia/cuda:12.2.0-cudnn8-devel-ubuntu22.04', 'nvidia/cuda:12.2.0-cudnn8-runtime-ubuntu22.04'],
  'cuda-runtime': ['nvcr.io/nvidia/cuda:12.2.0-runtime-ubuntu22.04', 'nvcr.io/nvidia/cuda:12.2.0-base-ubuntu22.04'],
}

describe('lighterVariants', () => {
  it('knows a natural reference of each of the 62 families', () => {
    expect(families().map(family => family.id).sort()).toEqual(Object.keys(natural).sort())
    expect(families()).toHaveLength(62)
  })
  it.each(Object.entries(natural))('%s', (id, [ref, lighter]) => {
    expect(imageFamilies(ref).map(family => family.id)).toEqual([id])
    const variants = lighterVariants(ref)
    expect(variants.map(variant => variant.ref)).toContain(lighter)
    for (const variant of variants) expect(variant.ref).not.toMatch(/[[\]{}]|undefined/)
  })

  const refs = (ref: string): readonly string[] => lighterVariants(ref).map(variant => variant.ref)
  it('leaves parts of a template out whose groups have no value', () => {
    expect(refs('node')).toEqual(['node:slim', 'node:alpine'])
    expect(refs('nvidia/cuda:12.2.0-devel-ubuntu22.04')).toContain('nvidia/cuda:12.2.0-runtime-ubuntu22.04')
  })
  it('proposes no tag that was never published', () => {
    expect(refs('node:6.8')).toEqual(['node:6.8-slim'])
    expect(refs('node:3')).not.toContain('node:3-alpine')
    expect(refs('elixir:1')).toContain('elixir:1-alpine')
    expect(refs('elixir:1.4')).not.toContain('elixir:1.4-alpine')
    expect(refs('amazoncorretto:11')).toContain('amazoncorretto:11-alpine-jre')
    expect(refs('amazoncorretto:17')).not.toContain('amazoncorretto:17-alpine-jre')
  })
  it('proposes a variant only for the values it exists for', () => {
    expect(refs('node:18')).toEqual(['node:18-slim', 'node:18-alpine'])
    expect(refs('python:3.13.1')).toContain('gcr.io/distroless/python3-debian13:latest')
    expect(refs('python:3')).not.toContain('gcr.io/distroless/python3-debian13:latest')
    expect(refs('rust:1.75')).not.toContain('debian:slim')
    expect(refs('rust:1-slim')).toEqual([])
  })
  it('keeps the registry as written where the image stays', () => {
    expect(refs('docker.io/library/node:18@sha256:00')).toEqual(['docker.io/library/node:18-slim', 'docker.io/library/node:18-alpine'])
    expect(refs('my.registry/node:18')).toEqual([])
  })
  it('gives caveat, lost tools and risk', () => {
    const [slim] = lighterVariants('node:22')
    expect(slim).toMatchObject({ image: 'node', tag: '22-slim', risk: 'drop-in', libc: 'glibc', isRetired: false, family: { id: 'node-full', isBuildOnly: false } })
    expect(slim!.caveat).toContain('same Debian')
    expect(slim!.lost).toContain('git')
    expect(lighterVariants('golang:1.22').find(variant => variant.image === 'scratch')).toMatchObject({ tag: '', ref: 'scratch', libc: 'none', family: { isBuildOnly: true } })
    expect(lighterVariants('openjdk:11').find(variant => variant.image === 'openjdk')?.isRetired).toBe(true)
  })
  it('filters by risk and by what is saved', () => {
    expect(lighterVariants('node:22', { risks: ['drop-in'] }).map(variant => variant.ref)).toEqual(['node:22-slim'])
    expect(lighterVariants('node:22', { minimumBytes: 340_000_000 }).map(variant => variant.ref)).toEqual(['node:22-alpine'])
  })
  it('says nothing of a digest without a tag', () => expect(lighterVariants(`node@sha256:${hex}`)).toEqual([]))
})

describe('savings', () => {
  const saving = (ref: string, lighter: string) => lighterVariants(ref).find(variant => variant.ref === lighter)?.saving
  const inWords = (ref: string, lighter: string): string | null => { const known = saving(ref, lighter); return known ? savingInWords(known) : null }
  it.each([
    ['node:22', 'node:22-slim', 'sample', '329 MB'],
    ['node:22-bookworm', 'node:22-bookworm-slim', 'sample', '329 MB'],
    ['node:22.11.0', 'node:22.11.0-slim', 'sample', 'about 329 MB'],
    ['node:19', 'node:19-slim', 'nearest', 'about 327 MB, judging by tag 20'],
    ['python:3.8', 'python:3.8-slim', 'sample', '296 MB (as of 2020)'],
    ['python:3.11', 'python:3.11-alpine', 'nearest', 'about 323 MB (as of 2020), judging by tag 3.9'],
    ['mcr.microsoft.com/dotnet/runtime:8.0', 'mcr.microsoft.com/dotnet/runtime:8.0-alpine', 'figures', '42 MB'],
    ['golang:1.25', 'gcr.io/distroless/static-debian13:latest', 'sample', 'at least about 303 MB'],
    ['golang:1.22', 'gcr.io/distroless/static-debian13:latest', 'nearest', 'at least about 303 MB, judging by tag 1.25'],
    ['golang:1.25', 'scratch', 'figures', '305 MB'],
    ['golang:1.22', 'scratch', 'nearest', 'about 305 MB, judging by tag 1.25'],
    ['ubuntu:20.04', 'alpine:latest', 'nearest', 'about 26 MB, judging by tag 22.04'],
    ['continuumio/anaconda3', 'continuumio/miniconda3:latest', 'sample', 'about 1.3 GB on disk (as of 2016)'],
    ['nvidia/cuda:12.2.0-devel-ubuntu22.04', 'nvidia/cuda:12.2.0-base-ubuntu22.04', 'nearest', 'about 2.9 GB on disk (as of 2019), judging by tag 10.0-cudnn7-devel-ubuntu18.04'],
  ])('%s to %s: %s', (ref, lighter, how, text) => {
    expect(saving(ref, lighter)?.how).toBe(how)
    expect(inWords(ref, lighter)).toBe(text)
  })
  it('is null where nothing can be compared', () => {
    expect(saving('node:22', 'gcr.io/distroless/nodejs22-debian13:latest')).toBeNull()
    expect(saving('nvcr.io/nvidia/cuda:12.2.0-devel-ubuntu22.04', 'nvcr.io/nvidia/cuda:12.2.0-base-ubuntu22.04')).toBeNull()
  })
  it('has every measured pair of the table, from figures of one measure', () => {
    for (const row of families()) {
      for (const [from, to] of row.lighter.flatMap(variant => variant.samples ?? [])) {
        const [heavy, light] = [imageFigure(from), imageFigure(to)]
        expect([heavy.how, light.how], `${from} ${to}`).toEqual(['exact', 'exact'])
        const bytes = heavy.compressedBytes !== undefined && light.compressedBytes !== undefined ? heavy.compressedBytes - light.compressedBytes
          : (heavy.uncompressedBytes ?? heavy.compressedBytes)! - light.uncompressedBytes!
        expect(bytes, `${from} ${to}`).toBeGreaterThan(0)
      }
    }
  })
})

describe('sdkImage', () => {
  it.each([
    ['golang:1.22', 'build-tool', 'scratch'], ['mcr.microsoft.com/dotnet/sdk:8.0', 'build-tool', 'mcr.microsoft.com/dotnet/aspnet:8.0'],
    ['mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-ltsc2022', 'build-tool', undefined], ['maven:3-jdk-11-openj9', 'build-tool', undefined],
    ['gradle:8-jdk17', 'build-tool', 'eclipse-temurin:17-jre'], ['nvidia/cuda:12.2.0-devel-ubuntu22.04', 'build-tool', 'nvidia/cuda:12.2.0-runtime-ubuntu22.04'],
    ['rust:1-slim', 'build-tool', undefined], ['golang@sha256:00', 'build-tool', undefined], ['swift:5.9', 'build-tool', 'swift:5.9-slim'],
    ['eclipse-temurin:17', 'jdk', 'eclipse-temurin:17-jre'], ['openjdk:11-jdk', 'jdk', 'eclipse-temurin:11-jre'], ['amazoncorretto:21', 'jdk', 'amazoncorretto:21-al2023-headless'],
  ])('%s is a %s', (ref, type, runtime) => {
    const sdk = sdkImage(ref)
    expect(sdk?.type).toBe(type)
    if (runtime === undefined) expect(sdk?.runtimes).toEqual([])
    else expect(sdk?.runtimes.map(variant => variant.ref)).toContain(runtime)
  })
  it.each([
    'eclipse-temurin:17-jre', 'openjdk:8-jre-slim', 'swift:5.9-slim', 'buildpack-deps:bookworm-curl', 'buildpack-deps:scm', 'nvidia/cuda:12.2.0-base-ubuntu22.04', 'node:22',
    'mcr.microsoft.com/dotnet/aspnet:8.0', 'amazoncorretto:11-alpine-jre', 'tomcat:10-jdk17', 'acme/golang:1.22', 'alpine', '',
  ])('%s is none', ref => expect(sdkImage(ref)).toBeNull())
})

describe('templates of the table', () => {
  it('has groups for every template', () => {
    for (const { match, imageMatch, lighter } of families()) {
      const groups = `${match} ${imageMatch ?? ''} (?<image>`
      for (const { image, tag, needs = [], only, versions } of lighter) {
        const used = [...`${image}${tag}`.matchAll(/\{(\w+)\}/g)].map(found => found[1]!)
        for (const group of [...used, ...needs, ...(only && only.group !== 'minor' ? [only.group] : []), ...versions?.of ?? []]) expect(groups).toContain(`(?<${group}>`)
      }
    }
  })
})
