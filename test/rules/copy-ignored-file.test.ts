import rule from '../../rules/copy-ignored-file.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const site = dockerfile`FROM nginx:1.29
                        COPY dist /usr/share/nginx/html`
const files = { 'dist/index.html': '' }

ruleTester(rule, {
  valid: [
    { name: 'the context is not known', code: site, ignore: 'dist\n' },
    { name: 'no ignore file', code: site, files },
    { name: 'not ignored', code: site, files, ignore: 'node_modules\n' },
    { name: 'a part of the folder is let through', code: site, files: { ...files, 'dist/app.js': '' }, ignore: 'dist\n!dist/app.js\n' },
    { name: 'let through by a wildcard', code: site, files, ignore: '*\n!**/*.html\n' },
    { name: 'the content is ignored, the empty folder stays', code: site, files, ignore: 'dist/*\n' },
    { name: 'wildcards copy what they find', code: site.replace('dist', 'dis[t] dist*'), files, ignore: 'dist\n' },
    { name: 'generated before the build, perhaps elsewhere', code: site, files: { 'index.js': '' }, ignore: 'dist\n' },
    { name: 'from a stage', code: dockerfile`FROM node:22 AS build
                                            RUN npm run build
                                            FROM nginx:1.29
                                            COPY --from=build /dist /usr/share/nginx/html`, files, ignore: 'dist\n' },
    { name: 'from a named context', code: site.replace('COPY', 'COPY --from=site'), files, ignore: 'dist\n' },
    { name: 'an unknown source', code: site.replace('COPY dist', 'ARG DIR\nCOPY $DIR'), files, ignore: 'dist\n' },
    { name: 'the stage is not needed', code: `${site}\nFROM scratch\nCOPY index.js /\n`, files: { ...files, 'index.js': '' }, ignore: 'dist\n' },
    { name: 'ONBUILD', code: site.replace('COPY', 'ONBUILD COPY'), files, ignore: 'dist\n' },
    { name: '--parents takes patterns', code: site.replace('COPY', 'COPY --parents'), files, ignore: 'dist\n' },
    { name: 'a malformed pattern fails the build by itself', code: site, files, ignore: 'dist\n[a\n' },
  ],
  invalid: [
    {
      code: site, files, ignore: 'node_modules\ndist\n',
      findings: [{ at: 'dist', message: '"COPY dist /usr/share/nginx/html" fails, because line 2 of .dockerignore ("dist") keeps dist out of the build: take that line out of .dockerignore, or add "!dist" below it.' }],
    },
    {
      name: 'a file in an ignored folder, one of several', code: site.replace('COPY dist', 'COPY site.conf ./conf/tls.conf'), files: { 'site.conf': '', 'conf/tls.conf': '' }, ignore: '# settings\nconf/\n',
      findings: [{ at: './conf/tls.conf', message: /line 2 of \.dockerignore \("conf\/"\) keeps conf\/tls\.conf out/ }],
    },
    {
      name: 'an allow list that misses it: the last line that matches counts', code: site, files: { ...files, 'src/a.js': '' }, ignore: '*\n!src\n',
      findings: [{ at: 'dist', message: /line 1 of \.dockerignore \("\*"\)/ }],
    },
    {
      name: 'let through above, ignored below', code: site, files, ignore: '!dist\ndist\n',
      findings: [{ at: 'dist', message: /line 2/ }],
    },
    {
      name: 'a bind mount', code: dockerfile`FROM nginx:1.29
                                            RUN --mount=type=bind,source=dist,target=/dist cp -r /dist/. /usr/share/nginx/html`, files, ignore: 'dist\n',
      findings: [{ at: '--mount=type=bind,source=dist,target=/dist', message: /keeps dist out of the build/ }],
    },
    {
      name: 'precision 2: a stage that only a mount reaches is built', code: dockerfile`FROM busybox AS data
                                                                                       COPY dist /dist
                                                                                       FROM nginx:1.29
                                                                                       RUN --mount=from=data,source=/dist,target=/dist cp -r /dist/. /usr/share/nginx/html`, files, ignore: 'dist\n',
      findings: [{ at: 'dist', line: 2, message: /keeps dist out/ }],
    },
    {
      name: 'precision 2: a stage picked by an ARG in FROM is built', code: dockerfile`ARG BASE=data
                                                                                      FROM busybox AS data
                                                                                      COPY dist /dist
                                                                                      FROM $BASE`, files, ignore: 'dist\n',
      findings: [{ at: 'dist', message: /keeps dist out/ }],
    },
    {
      name: 'precision 2: another target', code: `${site.replace('nginx:1.29', 'nginx:1.29 AS site')}\nFROM scratch\nCOPY index.js /\n`, target: 'site', files: { ...files, 'index.js': '' }, ignore: 'dist\n',
      findings: [{ at: 'dist', message: /keeps dist out/ }],
    },
  ],
})
