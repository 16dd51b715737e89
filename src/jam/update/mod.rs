//! The one way the state changes: an intent in, effects out, nothing else touched.
//!
//! Messages name commands in braces, as `{launch}`: whoever shows them puts the player's own key there
//! (see [`crate::tui::keymap`]).

mod bank;
mod chain;
mod edit;
mod fill;
mod freeze;
mod gear;
mod history;
mod make;
mod midi;
mod mutes;
mod news;
mod palette;
mod record;
mod scene;
mod scripts;
mod session;
mod sliders;
mod strip;
mod tracks;
mod transport;
mod work;

pub(crate) use transport::plain;

use super::effect::Effect;
use super::intent::Intent;
use super::learn::Target;
use super::message::Tone;
use super::state::State;

/// Changes `state` as `intent` wishes and returns what is to be done outside, in order.
///
/// Pure: no clock, no file, no thread. The same state and intent give the same result.
pub fn update(state: &mut State, intent: Intent) -> Vec<Effect> {
    match intent {
        Intent::Begin => make::begin(state),
        Intent::TogglePlay if state.playing => transport::stop(state),
        Intent::TogglePlay | Intent::Play => transport::play(state),
        Intent::Stop => transport::stop(state),
        Intent::Tempo(bpm) => transport::tempo(state, bpm),
        Intent::NudgeTempo(by) => transport::tempo(state, state.edit.bpm + by),
        Intent::Tap { at } => transport::tap(state, at),
        Intent::Swing(swing) => transport::swing(state, swing),
        Intent::NudgeSwing(by) => transport::swing(state, state.edit.swing + by),
        Intent::ToggleMetronome => transport::metronome(state),
        Intent::NextQuantise => transport::quantise(state),
        Intent::CountIn(bars) => transport::count_in(state, bars),
        Intent::NextCountIn => transport::next_count_in(state),
        Intent::Scene(line) => scene::launch(state, line),
        Intent::Panic => transport::panic(state),

        Intent::Move { rows, columns } => bank::select(state, state.cursor.moved(rows, columns)),
        Intent::Select(place) => bank::select(state, place),
        Intent::Launch(place) => bank::launch(state, place.unwrap_or(state.cursor)),
        Intent::Clear(place) => bank::clear(state, place.unwrap_or(state.cursor)),
        Intent::Copy(place) => bank::copy(state, place.unwrap_or(state.cursor)),
        Intent::Paste(place) => bank::paste(state, place.unwrap_or(state.cursor)),

        Intent::Sample(None) => make::sample_here(state),
        Intent::Sample(Some(place)) => make::sample(state, place),
        Intent::SampleRow(place) => make::sample_row(state, place.unwrap_or(state.cursor)),
        Intent::Vary(place) => make::vary(state, place.unwrap_or(state.cursor)),
        Intent::VaryAside(place) => make::vary_aside(state, place.unwrap_or(state.cursor)),
        Intent::Interpolate(place) => make::interpolate(state, place.unwrap_or(state.cursor)),
        Intent::Dismiss => make::dismiss(state),
        Intent::Temperature(to) => make::temperature(state, to),
        Intent::NudgeTemperature(by) => make::temperature(state, state.edit.temperature + by),
        Intent::NextModel => make::next_model(state),

        Intent::SelectTrack(track) => tracks::select(state, track),
        Intent::NextTrack(by) => tracks::next(state, by),
        Intent::Halt(track) => tracks::halt(state, track),
        Intent::ToggleTrack(track) => tracks::toggle(state, track),
        Intent::SoloTrack(track) => tracks::solo(state, track),
        Intent::Level { track, db } => tracks::level(state, track, db),
        Intent::NudgeLevel { track, by } => tracks::nudge_level(state, track, by),
        Intent::Pan { track, pan } => strip::pan(state, track, pan),
        Intent::NudgePan { track, by } => strip::nudge_pan(state, track, by),
        Intent::Steps { track, steps } => strip::steps(state, track, steps),
        Intent::NudgeSteps { track, by } => strip::nudge_steps(state, track, by),
        Intent::Output { track, output } => strip::output(state, track, output),
        Intent::NextOutput(track) => strip::next_output(state, track),
        Intent::Gear { track, change } => gear::turn(state, track, change),
        Intent::Kits(kits) => gear::kits(state, kits),
        Intent::Ports(ports) => strip::ports(state, ports),
        Intent::Freeze(track) => freeze::toggle(state, track),
        Intent::Fill(track) => fill::one(state, track),
        Intent::FillAll => fill::all(state),
        Intent::Chain(place) => chain::toggle(state, place),
        Intent::ChainRounds(rounds) => chain::rounds(state, rounds),
        Intent::NudgeChainRounds(by) => {
            let rounds = state.edit.rounds.saturating_add_signed(by);
            chain::rounds(state, rounds)
        }
        Intent::ChainAround => chain::around(state),
        Intent::Beat(beat) => chain::beat(state, beat),
        Intent::Program(program) => tracks::program(state, program),
        Intent::NudgeProgram(by) => tracks::nudge_program(state, by),
        Intent::NudgeOctave(by) => tracks::nudge_octave(state, by),
        Intent::Register(track) => tracks::register(state, track),
        Intent::AddTrack(part) => tracks::add(state, part),
        Intent::RemoveTrack => tracks::remove(state),

        Intent::PaletteCorner { corner, place } => {
            palette::corner(state, corner, place.unwrap_or(state.cursor))
        }
        Intent::PaletteFill => palette::fill(state),
        Intent::PaletteTo { x, y } => palette::to(state, x, y),
        Intent::PaletteMove { x, y } => {
            palette::to(state, state.edit.palette.x + x, state.edit.palette.y + y)
        }
        Intent::Slide { attribute, to } => sliders::to(state, attribute, to),
        Intent::NudgeSlider(by) => sliders::nudge(state, by),
        Intent::ChooseSlider(by) => sliders::choose(state, by),
        Intent::SliderHome => sliders::home(state, false),
        Intent::SlidersHome => sliders::home(state, true),
        Intent::LearnSlider => sliders::learn(state),
        Intent::Write { place, pattern, label, nudge } => edit::write(state, place, pattern, &label, nudge),

        Intent::ToggleClass(class) => mutes::toggle(state, class),
        Intent::SoloClass(class) => mutes::solo(state, class),
        Intent::UnmuteAll => mutes::unmute_all(state),

        Intent::Record => record::toggle(state),
        Intent::RecordFree => record::free(state),
        Intent::Key { beat, key, velocity } => record::key(state, beat, key, velocity),
        Intent::Strike { beat, key, velocity } => record::strike(state, beat, key, velocity),
        Intent::RecordUntil(beat) => record::until(state, beat),

        Intent::Undo => history::undo(state),
        Intent::Redo => history::redo(state),
        Intent::Save => news::save(state),
        Intent::Render => session::render(state),
        Intent::SaveSession => session::save(state),
        Intent::SaveSessionAs(name) => session::save_as(state, &name),
        Intent::Blank(place) => record::lay_out(state, place.unwrap_or(state.cursor)),
        Intent::Open(path) => vec![Effect::Open(path)],
        Intent::CallOff => work::call_off(state),
        Intent::Quit => vec![Effect::Quit],
        Intent::Interrupt { at } => transport::interrupt(state, at),

        Intent::Run => scripts::run(state),
        Intent::Perform(command) => scripts::perform(state, command),
        Intent::Plays { command, slot, part } => scripts::plays(state, command, slot, part),
        Intent::Hold { track, on } => freeze::hold(state, track, on),
        Intent::Put { place, slot } => scripts::put(state, place, slot),
        Intent::Script(order) => vec![Effect::Script(order)],
        Intent::Tell { address, arguments } => vec![Effect::Tell { address, arguments }],
        Intent::ScriptSays(news) => scripts::hear(state, &news),

        Intent::Generated { ticket, patterns } => news::generated(state, ticket, patterns),
        Intent::Failed { ticket, why } => news::failed(state, ticket, &why),
        Intent::Heard { track, launch } => news::heard(state, track, launch),
        Intent::Saved(outcome) => news::saved(state, outcome),
        Intent::SessionSaved(outcome) => session::saved(state, outcome),
        Intent::Rendered { ticket, outcome } => session::rendered(state, ticket, outcome),
        Intent::Progress { ticket, progress } => work::progress(state, ticket, progress),
        Intent::Opened { path, session, told, lost } => session::opened(state, path, &session, told, &lost),
        Intent::Learn(target) => midi::learn(state, target),
        Intent::LearnLaunch => midi::learn(state, Target::Launch(state.cursor.index() as u8)),
        Intent::LearnMute => midi::learn(state, Target::MuteTrack(state.track as u8)),
        Intent::LearnLevel => midi::learn(state, Target::Level(state.track as u8)),
        Intent::Wire(wiring) => vec![Effect::Wire(wiring)],
        Intent::Knob { knob, value } => midi::knob(state, knob, value),
        Intent::ProgramChange(program) => midi::program(state, program),
        Intent::FollowClock => midi::follow(state),
        Intent::Transported(playing) => midi::transported(state, playing),

        Intent::Say(tone, text) => say(state, tone, text),
    }
}

/// Says something and does nothing else.
fn say(state: &mut State, tone: Tone, text: impl Into<String>) -> Vec<Effect> {
    state.say(tone, text);
    Vec::new()
}

#[cfg(test)]
mod tests;
