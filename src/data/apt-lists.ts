// What apt's package lists take in an image after `apt-get update`, by distribution and release: the bytes in /var/lib/apt/lists, measured
// on 21 November 2026 with apt 2.6 for amd64, from deb.debian.org (main, updates, security), archive.ubuntu.com and security.ubuntu.com
// (main, restricted, universe, multiverse of the release, updates, backports, security), with the settings that Docker's own images
// carry: no translations, indexes kept compressed (/etc/apt/apt.conf.d/docker-no-languages, docker-gzip-indexes). Releases whose index
// moved are left out.

export const aptListBytes: Readonly<Record<string, number>> = {
  'debian-11': 18_464_622,
  'debian-12': 19_865_908,
  'debian-13': 21_666_601,
  'ubuntu-18.04': 45_679_368,
  'ubuntu-20.04': 58_209_514,
  'ubuntu-22.04': 82_308_078,
  'ubuntu-24.04': 55_453_546,
  'ubuntu-26.04': 44_701_292,
}

/** Names of these releases in tags. */
export const releaseNames: Readonly<Record<string, string>> = {
  bullseye: 'debian-11', bookworm: 'debian-12', trixie: 'debian-13', bionic: 'ubuntu-18.04', focal: 'ubuntu-20.04', jammy: 'ubuntu-22.04', noble: 'ubuntu-24.04', resolute: 'ubuntu-26.04',
}
