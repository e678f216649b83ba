#!/bin/sh
# Runs a statically linked Linux executable on a processor that this machine does not have: the model of an Ice Lake with
# AVX-512 in the emulator Bochs, without an operating system. Prints what the program prints and ends with its exit status.
#
#   sh Tests/BareMetal/run.sh PROGRAM [ARGUMENT]...
#
# Arguments hold no spaces. Those that name files are there for the program to read, at most 31; it can write nothing.
# Bochs executes 40 to 60 million instructions a second, whatever they are: nothing can be measured there. Needs clang
# (or another compiler named by CC), Bochs 2.7 and GRUB; on Debian the packages bochs, bochs-term, grub-pc-bin,
# grub-common and xorriso.
set -eu

[ $# -gt 0 ] || { echo "usage: run.sh PROGRAM [ARGUMENT]..." >&2; exit 64; }
here=$(cd "$(dirname "$0")" && pwd)
for command in bochs grub-mkrescue xorriso; do
  command -v $command >/dev/null || { echo "run.sh: there is no $command here" >&2; exit 69; }
done
out=$(mktemp -d)
emulator=
trap '[ -z "$emulator" ] || kill "$emulator" 2>/dev/null || true; rm -rf "$out"' EXIT
trap 'exit 130' INT TERM

mkdir -p "$out/files/boot/grub"
"${CC:-clang}" -std=c11 -O2 -Wall -Wextra -Wno-array-bounds -ffreestanding -fno-pic -fno-stack-protector -mgeneral-regs-only \
  -mno-red-zone -nostdlib -static -Wl,-Ttext=0x200000,-N,--build-id=none \
  "$here"/*.S "$here"/*.c -o "$out/files/boot/loader"
cp "$1" "$out/files/boot/program"
shift
{
  printf 'set timeout=0\nmenuentry program {\n  multiboot /boot/loader\n  module /boot/program program %s\n' "$*"
  count=0
  for argument; do
    [ -f "$argument" ] || continue
    count=$((count + 1))
    cp "$argument" "$out/files/boot/$count"
    echo "  module /boot/$count $argument"
  done
  echo '}'
} >"$out/files/boot/grub/grub.cfg"
grub-mkrescue -o "$out/disc" "$out/files" 2>"$out/grub" || { cat "$out/grub" >&2; exit 1; }

cat >"$out/machine" <<END
config_interface: textconfig
display_library: term
cpu: model=corei7_icelake_u, ips=50000000, reset_on_triple_fault=0
memory: guest=512, host=512
romimage: file=/usr/share/bochs/BIOS-bochs-latest, options=fastboot
vgaromimage: file=/usr/share/vgabios/vgabios.bin
ata0-master: type=cdrom, path=$out/disc, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$out/serial
clock: sync=none
log: $out/log
panic: action=fatal
END
# Debian's Bochs has its debugger in it, which waits for a command.
echo continue >"$out/commands"
: >"$out/serial"
TERM=xterm bochs -q -f "$out/machine" -rc "$out/commands" </dev/null >"$out/screen" 2>&1 &
emulator=$!
# Bochs stops when nobody reads the terminal that it makes for its screen.
until screen=$(sed -n 's/^Bochs connected to screen "\(.*\)".*/\1/p' "$out/screen") && [ -n "$screen" ]; do
  kill -0 $emulator 2>/dev/null || { cat "$out/screen" >&2; exit 1; }
  sleep 1
done
cat "$screen" >/dev/null 2>&1 &
tail -n +1 -f --pid=$emulator "$out/serial"
emulator=

status=$(sed -n 's/^exit status //p' "$out/serial" | tail -n 1)
[ -n "$status" ] || { echo "run.sh: the program did not end; Bochs says:" >&2; tail -n 40 "$out/log" >&2; exit 1; }
exit "$status"
