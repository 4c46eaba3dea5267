package source

import (
	"slices"
	"strings"
)

// AcceptAnnotation is an annotation of a spec. It lists codes, separated by commas, whose
// warnings and infos about the spec are not reported.
const AcceptAnnotation = "sallyport.dev/accept"

// Acceptable are the codes that the annotation can list: those of warnings and infos.
var Acceptable = []Code{
	AccountNotThere, ArgoCDExclusion, CertificateNames, CertificateUnused, ConfigUnused, Contradiction, DanglingReference, Deprecated, EngineRule, GatewayNotThere, HostClash, IgnoredKey, Inferred, LiveChange, LocalHost, MisreadKey, NodePortBand,
	NotGranted, NotInProfile, NothingToPatch, NotMirrored, NotInjected, NotPublished, PodNotThere, PortNotTranslated, PortShut, ProfileFits, ProfileWins, ProviderDefault, ProviderIgnores, ProviderRewrites, ProviderRule, Required,
	SelectorClash, SharedAddress, SharedLocal, SpecConflict, SpecCopy, Undetermined, UnknownName, UnusableSetting, UnusedProfile,
}

// Accepted returns the codes that the annotation of the document lists.
func (d *Document) Accepted() []Code {
	var out []Code
	text := d.Scalar("metadata", "annotations", AcceptAnnotation)
	for _, code := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		out = append(out, Code(code))
	}
	return out
}

func (d *Document) accepts(code Code) bool { return slices.Contains(d.Accepted(), code) }
