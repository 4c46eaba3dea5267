# pod.sh SCRATCH IMAGE HOSTNAME USER [FROM TO]... -- COMMAND...
# Runs a command as in a container: on an overlay of the machine's files, with IMAGE/usr over
# /usr unless IMAGE is empty, and with files and directories mounted into it. The network
# namespace is there already. Mounts end with it.
set -eu
scratch=$1 image=$2 name=$3 user=$4
shift 4
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" overlay "$scratch/root"
root=$scratch/root
[ -z "$image" ] || mount -t overlay -o "lowerdir=$image/usr:/usr" overlay "$root/usr"
hostname "$name"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  at=$root$(chroot "$root" realpath -m "$2") # a link such as /var/run leads out of the root
  if [ -d "$1" ]; then
    mkdir -p "$at"
  else
    mkdir -p "${at%/*}"
    : >> "$at"
  fi
  mount --bind "$1" "$at"
  shift 2
done
shift
exec chroot --userspec="$user" "$root" "$@"
