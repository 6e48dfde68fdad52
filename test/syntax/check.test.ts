import { describe, expect, test } from 'vitest'
import { parse } from '../../src/syntax/parse.ts'

/** The message about a file, and the text it points at. */
function refusal(text: string): readonly [message: string, at: string] | null {
  const { problems } = parse(text)
  expect(problems.length).toBeLessThanOrEqual(1)
  const [problem] = problems
  return problem ? [problem.message, text.slice(problem.span.start, problem.span.end)] : null
}
const refusalOf = (line: string): ReturnType<typeof refusal> => refusal(`FROM a\n${line}\n`)

describe('instructions', () => {
  test.each([
    ['COPPY . .', 'Unknown instruction "COPPY" (did you mean "COPY"?).', 'COPPY'],
    ['rum x', 'Unknown instruction "rum" (did you mean "RUN"?).', 'rum'],
    ['FROMa b', 'Unknown instruction "FROMa" (did you mean "FROM"?).', 'FROMa'],
    ['&& apt-get install', 'Unknown instruction "&&".', '&&'],
    ['NONSENSE x', 'Unknown instruction "NONSENSE".', 'NONSENSE'],
    ['EOF', 'Unknown instruction "EOF".', 'EOF'],
    ['\\\n# c', 'Nothing is continued here: an instruction is missing before the escape character.', '\\'],
  ])('%j', (line, message, at) => expect(refusalOf(line)).toEqual([message, at]))

  test.each([
    ['ENV', 'ENV needs an argument.'], ['LABEL ', 'LABEL needs an argument.'], ['ARG', 'ARG needs an argument.'], ['WORKDIR', 'WORKDIR needs an argument.'], ['USER \\', 'USER needs an argument.'],
    ['EXPOSE', 'EXPOSE needs an argument.'], ['VOLUME', 'VOLUME needs an argument.'], ['STOPSIGNAL', 'STOPSIGNAL needs an argument.'], ['MAINTAINER', 'MAINTAINER needs an argument.'], ['ONBUILD', 'ONBUILD needs an argument.'],
    ['HEALTHCHECK', 'HEALTHCHECK needs an argument.'],
    ['ENV A', 'ENV "A" has no value.'],
    ['LABEL a', 'LABEL "a" has no value.'],
    ['COPY', 'COPY needs a source and a destination.'],
    ['ADD a', 'ADD needs a destination after "a".'],
    ['COPY ["a"]', 'COPY needs a destination after "a".'],
    ['COPY []', 'COPY needs a destination after "[]".'],
    ['COPY a <<E\nE', 'COPY cannot write to the here-document "<<E": it needs a destination.'],
    ['ADD ["a", "<<E"]', 'ADD cannot write to the here-document "<<E": it needs a destination.'],
    ['SHELL', 'SHELL needs its arguments as a JSON array, such as ["/bin/bash", "-c"].'],
    ['SHELL /bin/sh', 'SHELL needs its arguments as a JSON array, such as ["/bin/bash", "-c"].'],
    ['SHELL []', 'SHELL needs its arguments as a JSON array, such as ["/bin/bash", "-c"].'],
    ['RUN ["a", 1]', 'The JSON array of RUN may hold strings only.'],
    ['CMD [null]', 'The JSON array of CMD may hold strings only.'],
    ['ENTRYPOINT [["a"]]', 'The JSON array of ENTRYPOINT may hold strings only.'],
    ['SHELL [{}]', 'The JSON array of SHELL may hold strings only.'],
    ['HEALTHCHECK CMD [true]', 'The JSON array of HEALTHCHECK may hold strings only.'],
    ['VOLUME []', 'VOLUME needs a path.'],
    ['VOLUME ["/a", " "]', 'VOLUME has an empty path.'],
    ['HEALTHCHECK NONE x', 'HEALTHCHECK NONE takes no arguments, but "x" follows.'],
    ['HEALTHCHECK CMD', 'HEALTHCHECK CMD needs a command.'],
    ['HEALTHCHECK CMD []', 'HEALTHCHECK CMD needs a command.'],
    ['FROM', 'FROM takes an image, or an image, "AS" and a name.'],
    ['FROM a b', 'FROM takes an image, or an image, "AS" and a name.'],
    ['FROM a AS', 'FROM takes an image, or an image, "AS" and a name.'],
    ['FROM a IS b', 'FROM takes an image, or an image, "AS" and a name.'],
    ['FROM a AS b c', 'FROM takes an image, or an image, "AS" and a name.'],
  ])('%j', (line, message) => expect(refusalOf(line)).toEqual([message, line.split('\n')[0]!]))

  test.each([
    ['ENV A=b C', '"C" has no "=": ENV takes name=value.', 'C'],
    ['ENV A=b \\\n  C D=e', '"C" has no "=": ENV takes name=value.', 'C'],
    ['ENV =b', 'ENV needs a name before "=b".', '=b'],
    ['LABEL a=b =c', 'LABEL needs a name before "=c".', '=c'],
    ['ARG A =b', 'ARG needs a name before "=b".', '=b'],
    ['FROM a AS 1b', '"1b" is no name for a stage: it starts with a letter and holds letters, digits, "-", "_" and ".".', '1b'],
    ['FROM a AS $b', '"$b" is no name for a stage: it starts with a letter and holds letters, digits, "-", "_" and ".".', '$b'],
    ['HEALTHCHECK curl -f x', 'HEALTHCHECK takes CMD or NONE, not "curl".', 'curl'],
    ['HEALTHCHECK NOEN', 'HEALTHCHECK takes CMD or NONE, not "NOEN" (did you mean "NONE"?).', 'NOEN'],
  ])('%j', (line, message, at) => expect(refusalOf(line)).toEqual([message, at]))

  test.each([
    'RUN', 'CMD', 'ENTRYPOINT', 'RUN []', 'CMD []', 'RUN [a]', 'RUN [1,]', 'CMD [1e999]', 'SHELL ["a"]', 'VOLUME /a /b', 'VOLUME [a', 'EXPOSE x', 'STOPSIGNAL x', 'USER a b', 'WORKDIR a b', 'MAINTAINER a b',
    'ENV A =x', 'LABEL a =x', 'ENV A b c', 'ENV A=', 'ENV "A"=b', 'ARG A', 'ARG A=', 'ARG A B=c', 'COPY a b', 'COPY <<E /x\nE', 'COPY "a" "<<E"', 'ADD ["a", "b"]',
    'HEALTHCHECK NONE', 'healthcheck none', 'HEALTHCHECK cmd x', 'HEALTHCHECK CMD ["x"]', 'HEALTHCHECK HTTP x', 'FROM a as b', 'FROM a As B-1_c.d', 'FROM $A', 'from scratch',
  ])('%j may pass', line => expect(refusalOf(line)).toBeNull())
})

describe('stages', () => {
  test.each([
    ['RUN x\nFROM a', 'RUN stands before the first FROM: there is no stage yet.', 'RUN x'],
    ['ARG A\nLABEL a=b\nFROM a', 'LABEL stands before the first FROM: there is no stage yet.', 'LABEL a=b'],
    ['ARG A', 'The file has no FROM, so there is no stage to build.', 'ARG A'],
  ])('%j', (text, message, at) => expect(refusal(text)).toEqual([message, at]))
  test('of several mistakes the first is reported', () => expect(refusal('FROM a\nCOPY\nCOPPY\nFROM b c')).toEqual(['COPY needs a source and a destination.', 'COPY']))
  test('the span is one line, without its CR', () => expect(refusal('FROM a\r\nCOPY \\\r\n  b\r\n')).toEqual(['COPY needs a destination after "b".', 'COPY \\']))
})

describe('ONBUILD', () => {
  test.each([
    ['ONBUILD ONBUILD RUN x', 'ONBUILD cannot be a trigger of ONBUILD.'],
    ['ONBUILD from x', 'FROM cannot be a trigger of ONBUILD.'],
    ['ONBUILD MAINTAINER x', 'MAINTAINER cannot be a trigger of ONBUILD.'],
    // The parser reads these at once.
    ['ONBUILD RUN [1]', 'The JSON array of RUN may hold strings only.'],
    ['ONBUILD ENV A', 'ENV "A" has no value.'],
  ])('%j', (line, message) => expect(refusalOf(line)).toEqual([message, line]))
  test('is read where a later stage triggers it, and nowhere else', () => {
    for (const trigger of ['COPY a', 'COPPY a b', 'RUN --mount=tpye=cache x', 'WORKDIR "a', 'HEALTHCHECK CMD']) {
      const file = (base: string): string => `FROM a AS b\nONBUILD ${trigger}\nFROM ${base}\n`
      expect([refusal(file('c')), refusal(file('$X')), refusal(file('a')), refusal(`FROM b\n${file('c')}`)]).toEqual([null, null, null, null])
      expect(refusal(file('B'))?.[0]).toBeDefined()
    }
    expect(refusal('FROM a AS b\nONBUILD COPY\nFROM $X')?.[0]).toBe('COPY needs a source and a destination.')
  })
})

describe('flags', () => {
  test.each([
    ['COPY --form=b c d', 'COPY has no flag "--form" (did you mean "--from"?).', '--form=b'],
    ['COPY --From=b c d', 'COPY has no flag "--From" (did you mean "--from"?).', '--From=b'],
    ['RUN --muont=type=cache,target=/x y', 'RUN has no flag "--muont" (did you mean "--mount"?).', '--muont=type=cache,target=/x'],
    ['FROM --plaform=linux/amd64 b', 'FROM has no flag "--plaform" (did you mean "--platform"?).', '--plaform=linux/amd64'],
    ['HEALTHCHECK --retires=3 CMD x', 'HEALTHCHECK has no flag "--retires" (did you mean "--retries"?).', '--retires=3'],
    ['COPY --from=a --chown=b --from=c d e', 'COPY has the flag "--from" twice.', '--from=c'],
    ['RUN --network=none --network=none x', 'RUN has the flag "--network" twice.', '--network=none'],
    ['COPY --from a b', 'The flag "--from" of COPY has no value: it takes one after "=".', '--from'],
    ['FROM --platform b', 'The flag "--platform" of FROM has no value: it takes one after "=".', '--platform'],
    ['COPY --exclude b c d', 'The flag "--exclude" of COPY has no value: it takes one after "=".', '--exclude'],
    ['RUN --mount x', 'The flag "--mount" of RUN has no value: it takes one after "=".', '--mount'],
    ['RUN --mount= x', 'The flag "--mount" of RUN has no value: it takes one after "=".', '--mount='],
    ['COPY --link=yes a b', 'The flag "--link" is true or false, not "yes".', '--link=yes'],
    ['COPY --link= a b', 'The flag "--link" is true or false, not "".', '--link='],
    ['ADD --keep-git-dir=1 a b', 'The flag "--keep-git-dir" is true or false, not "1".', '--keep-git-dir=1'],
    ['RUN --network=hots x', 'The value "hots" of "--network" is unknown (did you mean "host"?).', '--network=hots'],
    ['RUN --network= x', 'The value "" of "--network" is unknown.', '--network='],
    ['RUN --security=insecur x', 'The value "insecur" of "--security" is unknown (did you mean "insecure"?).', '--security=insecur'],
    ['HEALTHCHECK --interval=30 CMD x', 'The value "30" of "--interval" is no duration, such as "30s": it has no unit.', '--interval=30'],
    ['HEALTHCHECK --timeout=5sec CMD x', 'The value "5sec" of "--timeout" is no duration, such as "30s".', '--timeout=5sec'],
    ['HEALTHCHECK --start-period=-5s CMD x', 'The value "-5s" of "--start-period" is negative.', '--start-period=-5s'],
    ['HEALTHCHECK --retries=x CMD x', 'The value "x" of "--retries" is no number of retries.', '--retries=x'],
    ['HEALTHCHECK --retries=-1 CMD x', 'The value "-1" of "--retries" is no number of retries.', '--retries=-1'],
  ])('%j', (line, message, at) => expect(refusalOf(line)).toEqual([message, at]))

  test.each([
    ['RUN --mount=type=cache,target=/x, y', 'The options of "--mount" have an empty one: a comma too many.'],
    ['RUN --mount=tpye=cache y', '"--mount" has no option "tpye" (did you mean "type"?).'],
    ['RUN --mount=type=cahce,target=/x y', 'The value "cahce" of "type" is unknown (did you mean "cache"?).'],
    ['RUN --mount=type=cache,sharing=lock y', 'The value "lock" of "sharing" is unknown (did you mean "locked"?).'],
    ['RUN --mount=type=cache,target y', 'The option "target" of "--mount" has no value: it takes one after "=".'],
    ['RUN --mount=type=bind,ro=maybe y', 'The option "ro=maybe" of "--mount" is neither true nor false.'],
    ['RUN --mount=type=cache,target=\\"/x y', `The options 'type=cache,target="/x' of "--mount" have a quote that does not enclose a whole option.`],
    ['RUN --mount=\\"type=cache\\"x y', `The options '"type=cache"x' of "--mount" have a quote that does not enclose a whole option.`],
    ['RUN --mount=target=/${ y', 'The option "target=/${" of "--mount" cannot be expanded: a "${" is not closed.'],
    ['RUN --mount=target=${} y', 'The option "target=${}" of "--mount" cannot be expanded: it has no variable name after "${".'],
  ])('%j', (line, message) => expect(refusalOf(line)?.[0]).toEqual(message))

  test.each([
    // A later frontend may know these.
    'COPY --doit a b', 'RUN --gpus=all x', 'WORKDIR --create=no /x', 'ADD --from=b c d', 'USER --x y', 'RUN --mount=type=volume,target=/x y', 'RUN --mount=type=cache,target=/x,z y', 'RUN --mount=target=/x,flavour=a y',
    'RUN --network=vpn x', 'RUN --network=$N x', 'COPY --link=$L a b', 'COPY --from=$X a b', 'RUN --mount=from=$X,target=/x y', 'RUN --mount=type=bind,uid=app,target=/x y', 'HEALTHCHECK --interval=$I --retries=$R CMD x',
    'RUN --mount=type=bind,sharing=locked y', 'RUN --mount=type=cache,required y', 'RUN --mount=type=secret y', 'RUN --mount=type=tmpfs,size=lots y', 'RUN --device=vendor.com/device=x,required y',
    // The engine does not look at these.
    'ARG --x A', 'STOPSIGNAL --link 9', 'HEALTHCHECK --retires=3 NONE', 'HEALTHCHECK --interval= CMD x',
    // And these are as they should be.
    'COPY --link a b', 'COPY --link=TRUE --parents=false a b', 'COPY --exclude=a --exclude=b c d', 'COPY --chown= a b', 'ADD --checksum=sha256:00 --unpack --keep-git-dir=true a b', 'FROM --platform=$BUILDPLATFORM a', 'FROM --platform= a',
    'RUN --mount=type=cache,target=/a --mount=type=secret,id=b,required x', 'RUN --mount=TYPE=Cache,Target=/x,sharing=LOCKED y', 'RUN --mount=target=/x,ro,rw=1,readonly=False y', 'RUN --mount=type=$T,sharing=${S},ro=$R y',
    'RUN --mount=\\"target=/a,b\\",from=c y', 'RUN --mount=type=secret,id=a,target=/x,env=A,required=true,mode=0400,uid=1,gid=1 y', 'RUN --network=host --security=insecure x',
    'HEALTHCHECK --interval=1h2m3.5s --timeout=.5s --start-period=0 --start-interval=100ms --retries=3 CMD x', 'RUN -- --from x', 'RUN x --from',
  ])('%j may pass', line => expect(refusalOf(line)).toBeNull())
})

describe('words', () => {
  test.each([
    ["WORKDIR it's", `"it's" cannot be expanded: a single quote (') is not closed.`, "WORKDIR it's"],
    ['USER "a', `'"a' cannot be expanded: a double quote (") is not closed.`, 'USER "a'],
    ['STOPSIGNAL ${A', '"${A" cannot be expanded: a "${" is not closed.', 'STOPSIGNAL ${A'],
    ['WORKDIR ${}', '"${}" cannot be expanded: it has no variable name after "${".', 'WORKDIR ${}'],
    ['FROM ${docker.image}', '"${docker.image}" cannot be expanded: the variable name after "${" cannot hold ".".', '${docker.image}'],
    ['FROM --platform=${ b', '"${" cannot be expanded: a "${" is not closed.', '--platform=${'],
    ["LABEL a=b c=it's", `"it's" cannot be expanded: a single quote (') is not closed.`, "c=it's"],
    ["ENV A it's", `"it's" cannot be expanded: a single quote (') is not closed.`, "ENV A it's"],
    ['ENV "a=b"', `'"a' cannot be expanded: a double quote (") is not closed.`, '"a=b"'],
    ['EXPOSE 80 "81', `'"81' cannot be expanded: a double quote (") is not closed.`, '"81'],
    ['VOLUME ["/${"]', '"/${" cannot be expanded: a "${" is not closed.', '"/${"'],
    ['COPY "a b" /c', `'"a' cannot be expanded: a double quote (") is not closed.`, '"a'],
    ['COPY --chown=${ a b', '"${" cannot be expanded: a "${" is not closed.', '--chown=${'],
    ['ADD --checksum=${} a b', '"${}" cannot be expanded: it has no variable name after "${".', '--checksum=${}'],
    ['COPY <<E /x\na ${\nE', 'The here-document "E" cannot be expanded: the variable name after "${" cannot hold a blank.', 'a ${\n'],
  ])('%j', (line, message, at) => expect(refusalOf(line)).toEqual([message, at]))

  test.each([
    'WORKDIR ${A^^}', 'ENV A=${!B}', 'ENV A=${#B}', 'ENV A=${B:1:2}', 'USER ${A[0]}', 'LABEL a=${A@Q}', 'COPY ${A/b} c', 'ENV A=${B:?} C=${D?no}', 'ENV A ${X:-a b}', 'ENV A "a b" c', 'ENV A=$ B=$(x) C=~', "LABEL a='it\\'",
    "RUN it's ${", "CMD it's", 'ENTRYPOINT "', 'SHELL ["\'"]', "MAINTAINER O'Neil", "ONBUILD RUN it's", 'HEALTHCHECK CMD "', 'ARG A=${', "ARG A=it's", 'COPY --from=${ a b', 'COPY --exclude=${ a b', 'COPY <<\'E\' /x\n${\nE', "COPY <<E /x\nit's\nE", 'RUN <<E\n${\nE',
  ])('%j may pass', line => expect(refusalOf(line)).toBeNull())

  test('know the escape character of the file', () => {
    expect([refusal("# escape=`\nFROM a\nWORKDIR C:\\it`'s"), refusal("# escape=`\nFROM a\nWORKDIR C:\\it\\'s")?.[1]]).toEqual([null, "WORKDIR C:\\it\\'s"])
  })
})

describe('another frontend', () => {
  const lines = 'FROM a\nINCLUDE x\nCOPY --form=b c d\nUSER "\n'

  test.each(['# syntax=acme/frontend', '# syntax = acme/docker/dockerfile:1', '#!/bin/x\n# syntax=acme/frontend', '# check=skip=all\n# syntax=docker/dockerfile-upstream:master', '# syntax=docker/dockerfile:1-labs', '# syntax=docker/dockerfile:master'])('may know more: %j', head => {
    expect([refusal(`${head}\n${lines}`), refusal(`${head}\nINCLUDE x\n${lines}`)]).toEqual([null, null])
  })
  test.each(['', '# syntax=docker/dockerfile:1\n', '# syntax=docker/dockerfile\n', '# syntax=docker.io/docker/dockerfile:1.7.0\n', '# syntax=docker/dockerfile:1@sha256:00 x\n', '# note\n# syntax=acme/frontend\n'])('is not that of %j', head => {
    expect(refusal(head + lines)?.[0]).toBe('Unknown instruction "INCLUDE".')
  })
  test('still has to give what the model needs', () => {
    expect([refusal('# syntax=x\nCOPY a\nFROM a')?.[0], refusal('# syntax=x\nINCLUDE a')?.[0]]).toEqual(['COPY needs a destination after "a".', 'The file has no FROM, so there is no stage to build.'])
  })
})
