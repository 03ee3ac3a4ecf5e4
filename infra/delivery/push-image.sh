#!/usr/bin/env bash
# push-image.sh <repository URI> <commit>: builds and pushes the service's image, and prints its name.
set -euo pipefail
cd "$(dirname "$0")/../.."

repository=${1:?repository URI: got nothing, wanted <account>.dkr.ecr.<region>.amazonaws.com/<name>}
commit=${2:?commit: got nothing, wanted its 40 hex digits}
if ! [[ $commit =~ ^[0-9a-f]{40}$ ]]; then
  printf 'commit: got "%s", wanted its 40 hex digits\n' "$commit" >&2
  exit 2
fi
image=$repository:$commit

# The tag cannot be pushed twice. A run that is repeated takes the image it made.
found=$(aws ecr batch-get-image --repository-name "${repository#*/}" \
  --image-ids "imageTag=$commit" --query 'length(images)' --output text)
if [[ $found == 0 ]]; then
  aws ecr get-login-password | docker login --username AWS --password-stdin "${repository%%/*}" >&2
  # The architecture of the task definition, whatever this machine has.
  docker build --platform linux/amd64 --tag "$image" workload >&2
  docker push "$image" >&2
fi
printf '%s\n' "$image"
