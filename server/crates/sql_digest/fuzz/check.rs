//! What must hold for any bytes: shared by the fuzz target and the tests of the crate.

use sql_digest::{Completeness, Digester, Normaliser, format, literal_slots, masked, readable};
use units::Engine;

/// Panics if a law is broken. The first byte chooses the engine, the second what is known of the end.
pub(crate) fn any_bytes(data: &[u8]) {
    let [engine, completeness, text @ ..] = data else { return };
    let engine = Engine::ALL[usize::from(*engine) % Engine::ALL.len()];
    let completeness = [Completeness::Unknown, Completeness::Whole, Completeness::Cut][usize::from(*completeness) % 3];
    let text = readable(text);
    let digest = Digester::default().digest(&text, engine, completeness);
    let mut normaliser = Normaliser::default();
    let again = normaliser.normalise(&digest.normal_form, engine, Completeness::Whole);
    assert_eq!(again.normal_form, digest.normal_form, "{engine}: normalising twice changes {text:?}");
    assert_eq!(again.id, digest.id, "{engine}: {text:?}");
    assert!(digest.normal_form.len() <= 2 * text.len() + 8, "{engine}: a form outgrows {text:?}");
    let shown = masked(&text, engine);
    assert!(digest.findings.iter().all(|finding| shown.get(finding.start..finding.end).is_some()));
    let laid_out: usize = format(&digest.normal_form, engine).iter().map(|span| span.text.len()).sum();
    assert!(laid_out <= 200 * digest.normal_form.len() + 200, "{engine}: a layout outgrows {text:?}");
    let slots = literal_slots(&text, engine, &[7; 32]);
    assert!(slots.len() <= text.len());
}
