package profiles

import (
	"slices"
	"strings"
)

// Bitnami begins the names of profiles for images with that word.
const Bitnami = "bitnami"

// ByImages returns the profiles whose engine an image is named for, sorted. Those for Bitnami's images come
// alone.
func ByImages(images []string) []string {
	var own, others []string
	for _, name := range Names() {
		rest, theirs := strings.CutPrefix(name, Bitnami+"-")
		engine, _, _ := strings.Cut(rest, "-")
		for _, image := range images {
			switch {
			case !IsEngine(image, engine):
			case !theirs:
				others = append(others, name)
			case strings.Contains(image, Bitnami):
				own = append(own, name)
			}
		}
	}
	if len(own) > 0 {
		return slices.Compact(own)
	}
	return slices.Compact(others)
}

// Misread returns the image of an engine that does not read the variables of its profile, which are those of
// another image: an image of Bitnami, or the engine's own one with a profile for Bitnami's. "": there is none.
func Misread(name string, images []string) string {
	spec, _, _ := Lookup(name)
	writes := false
	for _, c := range spec.Components {
		writes = writes || c.Config != nil && len(c.Config.ContainerEnv) > 0
	}
	if !writes {
		return ""
	}
	rest, theirs := strings.CutPrefix(name, Bitnami+"-")
	engine, _, _ := strings.Cut(rest, "-")
	for _, image := range images {
		other := strings.Contains(image, Bitnami)
		if theirs {
			other = official(image)
		}
		if other && IsEngine(image, engine) {
			return image
		}
	}
	return ""
}

// official reports whether an image is one of Docker's official images, and not a copy under another name.
func official(image string) bool {
	return !strings.Contains(strings.TrimPrefix(strings.TrimPrefix(image, "docker.io/"), "library/"), "/")
}

// editions are words in names of images beside that of the engine.
var editions = []string{"all", "broker", "community", "cp", "enterprise", "server"}

// IsEngine reports whether an image is named for an engine: mongodb-community-server is mongodb, and
// kafka-exporter is not kafka.
func IsEngine(image, engine string) bool {
	image = image[strings.LastIndex(image, "/")+1:]
	image, _, _ = strings.Cut(image, "@")
	image, _, _ = strings.Cut(image, ":")
	words := slices.DeleteFunc(strings.Split(image, "-"), func(word string) bool { return slices.Contains(editions, word) })
	return len(words) == 1 && strings.TrimSuffix(words[0], "db") == strings.TrimSuffix(engine, "db")
}
