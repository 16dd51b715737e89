//! Where tracks go and as what, by the player's or a script's choice, as the settings of a rig.

use crate::jam::gear::Gear;
use crate::jam::{Output, Track};
use crate::midi::{RouteSettings, Settings};

/// What was chosen for each track.
pub type Routes = Vec<(Output, Gear)>;

/// What is chosen for `tracks` now.
pub fn of(tracks: &[Track]) -> Routes {
    tracks.iter().map(|track| (track.output.clone(), track.gear.clone())).collect()
}

/// True where `routes` are those of `tracks` still.
pub fn are_of(routes: &[(Output, Gear)], tracks: &[Track]) -> bool {
    let same =
        |(route, track): (&(Output, Gear), &Track)| (&route.0, &route.1) == (&track.output, &track.gear);
    routes.len() == tracks.len() && routes.iter().zip(tracks).all(same)
}

/// `settings` with the routes of tracks as they were chosen; what was not chosen stays as it is.
pub fn routed(settings: &Settings, routes: &[(Output, Gear)]) -> Settings {
    let mut settings = settings.clone();
    for (number, (output, gear)) in (1..).zip(routes) {
        if (output, gear) == (&Output::Everywhere, &Gear::default()) {
            continue;
        }
        let at = settings.routes.iter().position(|route| route.track == number).unwrap_or_else(|| {
            settings.routes.push(RouteSettings { track: number, ..RouteSettings::default() });
            settings.routes.len() - 1
        });
        let route = &mut settings.routes[at];
        match output {
            Output::Everywhere => {}
            Output::BuiltIn => route.outputs = vec![RouteSettings::NOWHERE.to_owned()],
            Output::Port(name) => route.outputs = vec![name.clone()],
        }
        route.channel = gear.channel.map(|channel| channel + 1).or(route.channel);
        route.bank = gear.bank_bytes().or(route.bank);
        route.program = gear.program.or(route.program);
        // What is said later of a key holds.
        route.drums.extend(gear.drum_map());
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_go_where_they_were_sent_and_the_rest_of_their_routes_stays() {
        let text = "[[output]]\nname = \"volca\"\n[[output]]\nname = \"minitaur\"\n\
                    [[route]]\ntrack = 2\nprogram = 7\noutputs = [\"volca\"]\n";
        let settings: Settings = toml::from_str(text).unwrap();
        let on = |channel| Gear { channel, ..Gear::default() };
        let chosen = [
            (Output::BuiltIn, Gear { keys: Some([60; 9]), ..Gear::default() }),
            (Output::Port("minitaur".into()), on(Some(4))),
            (Output::Everywhere, Gear { bank: Some(396), program: Some(3), ..on(Some(9)) }),
            (Output::Port("gone".into()), on(None)),
        ];
        let routed = routed(&settings, &chosen);
        let of = |track| {
            let route = routed.route(track);
            (route.outputs, route.channel, route.program)
        };
        assert_eq!((of(0), of(1)), ((0, None, None), (0b10, Some(4), Some(7))));
        assert_eq!((of(2), of(3)), ((u8::MAX, Some(9), Some(3)), (0, None, None)));
        assert_eq!((routed.route(2).bank, routed.route(0).key(9, 38)), (Some((3, 12)), 60));
        assert_eq!(routed.route(4), settings.route(4));
    }
}
