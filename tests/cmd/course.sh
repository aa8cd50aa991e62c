# SPDX-License-Identifier: MIT
# The lessons of proto/course say what their commands say, and end in a repository that git takes.
exec sh proto/course/run.sh check
