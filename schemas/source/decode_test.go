package source_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/schemas/source"
)

// A crate has a field of each kind that Decode knows.
type crate struct {
	Name    string            `json:"name"`
	Size    int32             `json:"size"`
	Weight  float64           `json:"weight"`
	Open    bool              `json:"open"`
	Colour  colour            `json:"colour"`
	Lining  *colour           `json:"lining"`
	Stack   *int32            `json:"stack"`
	Labels  map[string]string `json:"labels"`
	Lids    map[string]*lid   `json:"lids"`
	Numbers []int32           `json:"numbers"`
	Parts   []part            `json:"parts" patchMergeKey:"name"`
	Notes   []part            `json:"notes" patchMergeKey:"name,optional"`
	lid     `json:",inline"`
	Ignored string
}

type lid struct {
	Hinge string `json:"hinge"`
}

type part struct {
	Name     string `json:"name"`
	Material string `json:"material"`
}

// A colour is an Enum with advice for one wrong word.
type colour string

func (colour) Values() []string { return []string{"Crimson", "Azure"} }

func (colour) Refuse(word string) string {
	if word == "Infrared" {
		return "nobody can see it"
	}
	return ""
}

var decoded = map[string]struct {
	text string
	want crate
}{
	"nothing":              {"{}", crate{}},
	"a string":             {"name: 'a b'", crate{Name: "a b"}},
	"a merge sign":         {"name: <<", crate{Name: "<<"}},
	"a number":             {"size: -2147483648", crate{Size: -2147483648}},
	"hexadecimal":          {"size: 0x10", crate{Size: 16}},
	"a fraction":           {"weight: 1.5", crate{Weight: 1.5}},
	"a whole weight":       {"weight: 2", crate{Weight: 2}},
	"a boolean":            {"open: TRUE", crate{Open: true}},
	"a word":               {"colour: Azure", crate{Colour: "Azure"}},
	"no lining":            {"lining: ''", crate{Lining: new(colour)}},
	"a lining":             {"lining: Azure", crate{Lining: new(colour("Azure"))}},
	"zero":                 {"stack: 0", crate{Stack: new(int32)}},
	"a map":                {"labels: {a.b/c: d, e: ''}", crate{Labels: map[string]string{"a.b/c": "d", "e": ""}}},
	"an empty map":         {"labels: {}", crate{Labels: map[string]string{}}},
	"null in a map":        {"lids: {a: {hinge: b}, c: null}", crate{Lids: map[string]*lid{"a": {Hinge: "b"}, "c": nil}}},
	"a list":               {"numbers: [1, 2, 1]", crate{Numbers: []int32{1, 2, 1}}},
	"an empty list":        {"numbers: []", crate{Numbers: []int32{}}},
	"entries":              {"parts: [{name: a}, {name: b, material: c}]", crate{Parts: []part{{Name: "a"}, {Name: "b", Material: "c"}}}},
	"one without the key":  {"notes: [{name: a}, {material: c}]", crate{Notes: []part{{Name: "a"}, {Material: "c"}}}},
	"an inlined field":     {"hinge: brass", crate{lid: lid{Hinge: "brass"}}},
	"quotes, line by line": {"name: \"a\\\n  b\"", crate{Name: "ab"}},
}

func TestDecode(t *testing.T) {
	for name, c := range decoded {
		var got crate
		if ds := parsed(t, c.text)[0].Decode(&got); len(ds) > 0 {
			t.Errorf("%s: %v", name, ds)
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(crate{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// refused are texts with errors: their places, and what is proposed or advised for the first.
var refused = map[string]struct {
	text, places string
	proposed     source.Value
	wayOut       string
}{
	"an unknown field":        {text: "size: 1\ncapacity: 2", places: "2:1 UnknownField capacity", wayOut: "fields here: "},
	"a misspelled field":      {text: "sise: 1", places: "1:1 UnknownField sise", wayOut: `did you mean "size"?`},
	"a field of an entry":     {text: "material: oak", places: "1:1 UnknownField material", wayOut: `"material" belongs to notes[], parts[]`},
	"a field without a name":  {text: "Ignored: x", places: "1:1 UnknownField Ignored", wayOut: "fields here: "},
	"in an entry":             {text: "parts:\n- name: a\n  form: b", places: "3:3 UnknownField parts[0].form", wayOut: "fields here: material, name"},
	"a key twice":             {text: "name: a\nname: b", places: "2:1 DuplicateKey name"},
	"a key of a map twice":    {text: "labels: {a: b, a: c}", places: "1:16 DuplicateKey labels.a"},
	"null":                    {text: "name: ~", places: "1:7 Null name"},
	"null in a list":          {text: "numbers: [1, null]", places: "1:14 Null numbers[1]"},
	"null in a map of text":   {text: "labels: {a: }", places: "1:13 Null labels[a]"},
	"a number for a text":     {text: "name: 0x1F", places: "1:7 WrongType name", proposed: source.String("0x1F"), wayOut: `quote it: "0x1F"`},
	"a date for a text":       {text: "name: 2026-01-01", places: "1:7 WrongType name", proposed: source.String("2026-01-01")},
	"yes":                     {text: "open: yes", places: "1:7 WrongType open", proposed: source.Value{Tag: "!!bool", Text: "true"}},
	"maybe":                   {text: "open: maybe", places: "1:7 WrongType open"},
	"a number in quotes":      {text: "size: '007'", places: "1:7 WrongType size", proposed: source.Value{Tag: "!!int", Text: "7"}},
	"a fraction of a size":    {text: "size: 1.5", places: "1:7 WrongType size"},
	"33 bits":                 {text: "size: 2147483648", places: "1:7 WrongType size"},
	"more than 64 bits":       {text: "size: 99999999999999999999", places: "1:7 WrongType size"},
	"no number":               {text: "weight: .nan", places: "1:9 WrongType weight"},
	"infinity":                {text: "weight: .inf", places: "1:9 WrongType weight"},
	"a list for a map":        {text: "labels: [a]", places: "1:9 WrongType labels"},
	"a map for a list":        {text: "numbers: {}", places: "1:10 WrongType numbers"},
	"a text for an entry":     {text: "parts: [a]", places: "1:9 WrongType parts[0]"},
	"a map for a text":        {text: "name: {}", places: "1:7 WrongType name"},
	"a wrong word":            {text: "colour: azur", places: "1:9 UnknownValue colour", proposed: source.String("Azure"), wayOut: `did you mean "Azure"?`},
	"a word far from all":     {text: "colour: Beige", places: "1:9 UnknownValue colour", wayOut: "use one of: Crimson, Azure"},
	"a word with advice":      {text: "colour: Infrared", places: "1:9 UnknownValue colour", wayOut: "nobody can see it"},
	"no colour":               {text: "colour: ''", places: "1:9 UnknownValue colour"},
	"a control character":     {text: `name: "a\x7fb"`, places: "1:7 Invalid name"},
	"one in a key":            {text: `labels: {"\x85": b}`, places: "1:10 Invalid labels"},
	"entries without a key":   {text: "parts: [{material: a}, {name: b}]", places: "1:9 Required parts[0].name"},
	"two of one key":          {text: "parts:\n- name: a\n- name: a", places: "3:9 Duplicate parts[1].name"},
	"two without the key":     {text: "notes: [{material: a}, {material: b}]", places: "1:24 Duplicate notes[1].name"},
	"all of them":             {text: "numbers: [a, 2, b]\nopen: 1\nsise: 3", places: "1:11 WrongType numbers[0]\n1:17 WrongType numbers[2]\n2:7 WrongType open\n3:1 UnknownField sise"},
	"no object":               {text: "- a", places: "1:1 WrongType"},
	"a document that is text": {text: "a", places: "1:1 WrongType"},
}

func TestDecodeRefuses(t *testing.T) {
	for name, c := range refused {
		var got crate
		ds := parsed(t, c.text)[0].Decode(&got)
		if diff := cmp.Diff(c.places, places(ds)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
			continue
		}
		if ds[0].Proposed != c.proposed || !strings.HasPrefix(ds[0].WayOut, c.wayOut) || ds[0].WayOut == "" {
			t.Errorf("%s: %v is proposed, and the way out is %q", name, ds[0].Proposed, ds[0].WayOut)
		}
	}
}

// TestDecodeGoesOn checks that what is right beside an error is set, and that entries which
// cannot be told apart are not.
func TestDecodeGoesOn(t *testing.T) {
	var got crate
	ds := parsed(t, "size: x\nname: a\nnumbers: [1, b, 3]\nlabels: {a: 1, b: c}\nparts: [{name: a, material: oak}, {name: a, material: elm}, {material: ash}]\n")[0].Decode(&got)
	want := crate{Name: "a", Numbers: []int32{1, 0, 3}, Labels: map[string]string{"a": "", "b": "c"}, Parts: []part{{Name: "a", Material: "oak"}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(crate{})); diff != "" || len(ds) != 5 {
		t.Errorf("%v\n(-want +got):\n%s", ds, diff)
	}
}
