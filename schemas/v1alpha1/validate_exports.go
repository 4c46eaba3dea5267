package v1alpha1

import (
	"slices"

	"sallyport.dev/schemas/source"
)

// An exportValidator checks the exports of a spec or a component.
type exportValidator struct{ *validator }

func (v exportValidator) exports(all map[string]*Export, p source.Path) {
	for name, e := range all {
		at := p.MapKey(name)
		if slices.Contains(GeneralExports, name) {
			v.Errorf(source.NameClash, at, "give it another name", "every spec has an export %s", name)
		}
		v.form(at, name, DNSLabel)
		configValidator(v).text(e.Text, at.Field("text"))
		configValidator(v).lists(e.Lists, at)
		if e.Text == "" && len(e.Lists) > 0 {
			v.Errorf(source.Required, at.Field("text"), "write the text, with $(list:NAME) in it", "text is required in export %s: its lists are for it", name)
		}
	}
}

// written checks that an export is written in one place. Only components can share a name: that
// of a built-in export.
func (v exportValidator) written(s ExternalAccessSpec) {
	places := map[string]source.Path{}
	texts := map[string]bool{}
	for name := range s.Exports {
		places[name], texts[name] = specPath, true
	}
	for _, c := range s.Components {
		for name, e := range c.Exports {
			at := componentPath(c.Name).Field("exports").MapKey(name)
			if first, ok := places[name]; ok && (texts[name] || e.Text != "") {
				v.Errorf(source.Duplicate, at, "rename one of them", "%s has an export %s too", first, name)
				continue
			}
			places[name], texts[name] = componentPath(c.Name), e.Text != ""
		}
	}
}
