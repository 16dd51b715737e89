use super::*;
use crate::jam::fixtures::{at, with_all_kinds};
use crate::jam::{Intent, Tone};
use crate::tui::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// The sizes the screens are made for.
const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];

pub(super) fn screen(app: &App, (width, height): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal
        .draw(|frame| {
            view::draw(app, frame.area(), frame.buffer_mut());
        })
        .unwrap();
    terminal.backend().buffer().clone()
}

pub(super) fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let line = |y| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..area.height).map(|y| line(y).trim_end().to_owned() + "\n").collect()
}

/// The colours of a screen: each line as runs of one style, and below what the letters stand for.
fn colours(buffer: &Buffer) -> String {
    let mut styles: Vec<ratatui::style::Style> = Vec::new();
    let mut letter = |style| {
        let at = styles.iter().position(|known| *known == style).unwrap_or_else(|| {
            styles.push(style);
            styles.len() - 1
        });
        let small = char::from(b'a' + (at % 26) as u8);
        if at < 26 { small.to_string() } else { format!("{small}{}", at / 26) }
    };
    let area = buffer.area;
    let mut out = String::new();
    for y in 0..area.height {
        let mut runs: Vec<(String, u16)> = Vec::new();
        for x in 0..area.width {
            let name = letter(buffer[(x, y)].style());
            match runs.last_mut() {
                Some((last, count)) if *last == name => *count += 1,
                _ => runs.push((name, 1)),
            }
        }
        let runs: Vec<String> = runs.iter().map(|(name, count)| format!("{name}*{count}")).collect();
        out.push_str(&(runs.join(" ") + "\n"));
    }
    for (at, style) in styles.iter().enumerate() {
        let colour = |colour: Option<ratatui::style::Color>| colour.map_or("-".to_owned(), |c| c.to_string());
        let small = char::from(b'a' + (at % 26) as u8);
        let name = if at < 26 { small.to_string() } else { format!("{small}{}", at / 26) };
        out.push_str(&format!(
            "{name}: {} on {} {:?}\n",
            colour(style.fg),
            colour(style.bg),
            style.add_modifier
        ));
    }
    out
}

/// A view at every size: its letters in the first theme, its colours in a light one, and nothing unknown in ASCII.
fn check(name: &str, app: &App) {
    let mut light = app.clone();
    light.theme = Theme::load(Some("light"), Depth::True);
    let mut plain = app.clone();
    plain.theme = Theme::load(Some("ascii"), Depth::True);
    for size in SIZES {
        let shown = text(&screen(app, size));
        if app.theme.name() != "ascii" {
            insta::assert_snapshot!(
                format!("{name}_light_{}x{}", size.0, size.1),
                colours(&screen(&light, size))
            );
            let asked = |text: &str| text.matches('?').count();
            let folded = text(&screen(&plain, size));
            assert_eq!(asked(&folded), asked(&shown), "a letter that ASCII has no picture for:\n{folded}");
        }
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), shown);
    }
}

/// A jam with a pattern of each kind that plays: a melody beside the beat on the lead.
fn melodic() -> App {
    let mut app = app(with_all_kinds());
    app.intent(Intent::Begin);
    app.jam.pending.clear();
    press(&mut app, "s enter down tab s enter");
    let ids = [app.jam.sounding[0], app.jam.queued[1].or(app.jam.sounding[1])];
    let mut shot = snapshot(0.0, ids[0], None);
    shot.tracks[1].playing = ids[1];
    app.observe(shot);
    app.observe(Snapshot { beat: 5.3, ..shot });
    app
}

/// A trio on its three tracks.
fn trio() -> App {
    let mut app = melodic();
    press(&mut app, "M down s enter");
    let id = app.jam.queued[1];
    let mut shot = snapshot(8.0, id, None);
    for track in 0..3 {
        shot.tracks[track].playing = id;
    }
    app.observe(shot);
    app.observe(Snapshot { beat: 9.4, ..shot });
    app
}

#[test]
fn a_melody_on_its_keyboard() {
    check("melody", &melodic());
}

#[test]
fn a_trio_in_three_lanes() {
    check("trio", &trio());
}

#[test]
fn every_track_at_once_with_the_mixer_beside() {
    let mut app = melodic();
    press(&mut app, "a X alt-down alt-down T m");
    check("mixer", &app);
}

#[test]
fn a_chain_on_its_way_beside_the_bank() {
    let mut app = playing(1.3);
    press(&mut app, "J alt-. alt-i I");
    let launch = app.jam.queued[0];
    app.observe(snapshot(8.1, launch, None));
    app.observe(snapshot(19.5, launch, app.jam.queued[0].map(|next| (next, 24.0))));
    check("chain", &app);
}

#[test]
fn a_mixer_with_places_outputs_lengths_and_a_frozen_track() {
    let mut app = melodic();
    app.intent(Intent::Ports(vec!["volca".into()]));
    press(&mut app, "X T f T < T < tab T o T o T c T [ T [ T [ T > tab T o");
    check("strips", &app);
}

#[test]
fn notes_of_chance_are_told_by_their_shape_and_the_round_they_sound_in() {
    let mut app = trio();
    press(&mut app, "e ctrl-a [ [ [ [ [ [ tab tab ctrl-a [ [ [ [ [ esc");
    check("chance_editor", &app);
    press(&mut app, "esc");
    let id = app.jam.sounding[0];
    let mut shot = app.meter;
    for track in 0..3 {
        shot.tracks[track].playing = app.jam.sounding[track].or(id);
    }
    app.observe(Snapshot { beat: 10.4, ..shot });
    check("chance", &app);
}

#[test]
fn a_list_of_everything_that_can_be_done() {
    let mut app = playing(1.3);
    press(&mut app, ": t e m p o");
    check("picker", &app);
}

#[test]
fn every_theme_draws_every_state_and_one_of_them_in_ascii_alone() {
    for name in crate::tui::theme::NAMES {
        for depth in [Depth::True, Depth::Ansi256, Depth::Ansi16] {
            let mut app = trio();
            press(&mut app, "X");
            app.theme = Theme::load(Some(name), depth);
            let buffer = screen(&app, (120, 40));
            assert_eq!(text(&buffer).is_ascii(), name == "ascii", "{name}");
            // Nothing is written in the colour of its ground.
            for cell in buffer.content.iter().filter(|cell| cell.symbol().chars().all(char::is_alphanumeric))
            {
                let plain = cell.fg == ratatui::style::Color::Reset;
                assert!(plain || cell.fg != cell.bg, "{name} {depth:?}: {:?}", cell.symbol());
            }
        }
    }
    let mut app = busy();
    app.theme = Theme::load(Some("ascii"), Depth::True);
    check("ascii", &app);
    let mut app = busy();
    app.theme = Theme::load(Some("light"), Depth::True);
    assert_eq!(
        text(&screen(&app, (80, 24))),
        text(&screen(&busy(), (80, 24))),
        "letters do not depend on colours"
    );
}

#[test]
fn the_palette_and_the_way_of_its_dot() {
    let mut app = playing(1.3);
    press(&mut app, "P alt-p ctrl-right ctrl-right ctrl-up ctrl-up ctrl-up");
    check("palette", &app);
}

#[test]
fn the_first_start_tells_three_keys_and_the_first_of_them_makes_music_at_once() {
    let mut app = playing(1.3);
    app.welcome = true;
    check("welcome", &app);
    press(&mut app, "right");
    assert!(!app.welcome && app.jam.cursor == at("A2"));
    let effects = press(&mut app, "enter v");
    assert!(effects.iter().filter(|effect| matches!(effect, Effect::Launch { .. })).count() >= 2);
    press(&mut app, "f2");
    assert!(app.welcome);
    press(&mut app, "esc");
    assert!(!app.welcome && app.jam.cursor == at("A2"));
}

#[test]
fn the_sliders_and_what_they_did() {
    let mut app = playing(1.3);
    press(&mut app, "A ctrl-right ctrl-right ctrl-right ctrl-down ctrl-left");
    check("sliders", &app);
}

#[test]
fn a_slider_goes_where_the_mouse_puts_it() {
    let mut app = playing(1.3);
    press(&mut app, "A");
    let area = Rect::new(0, 0, 120, 40);
    let rows = text(&screen(&app, (120, 40)));
    // The slider stands in the line below its name.
    let y = rows.lines().position(|line| line.contains("hat density")).unwrap() + 1;
    let middle = rows.lines().nth(y).unwrap().chars().position(|c| c == '\u{25cf}').unwrap() as u16;
    click(&mut app, area, (middle + 3, y as u16), 0.0);
    let board = app.jam.board().unwrap();
    let at = board.at(crate::latent::attributes::Attribute::HatDensity).unwrap();
    assert!(at > 0.3 && at < 1.5, "{at}");
    mouse(&mut app, area, (middle, y as u16), MouseEventKind::ScrollDown, 0.0);
    let less = app.jam.board().unwrap().at(crate::latent::attributes::Attribute::HatDensity).unwrap();
    assert!((at - less - 0.1).abs() < 0.011, "{at} {less}");
}

#[test]
fn notes_under_the_editors_cursor() {
    let mut app = melodic();
    press(&mut app, "e right right v right right up");
    check("editor", &app);
}

#[test]
fn the_roll_over_the_whole_screen() {
    let mut app = trio();
    press(&mut app, "z");
    check("zoom", &app);
}

#[test]
fn micro_timing_moves_a_hit_off_its_column() {
    let mut app = app(with_all_kinds());
    press(&mut app, "M M s");
    let buffer = screen(&app, (200, 60));
    let layout = view::Layout::new(buffer.area).unwrap();
    let lane = layout.lane(2).unwrap();
    let slot = app.jam.selected().unwrap();
    let hats: Vec<_> = slot.pattern().notes.iter().filter(|note| note.pitch == 42).collect();
    assert!(hats.iter().any(|note| note.offset > 0.2) && hats.iter().any(|note| note.offset < -0.2));
    for note in hats {
        let column = note.start as i32 * i32::from(layout.cell)
            + (note.offset * f32::from(layout.cell)).round() as i32;
        let x = i32::from(lane.x + layout.label_width) + column;
        if x >= i32::from(lane.x + layout.label_width) && (x as u16) < buffer.area.width {
            assert_eq!(buffer[(x as u16, lane.y)].symbol(), "\u{2588}", "{note:?}");
        }
    }
}

/// A jam with something of everything: a queued slot, one being made, a mark, a mute.
fn busy() -> App {
    let mut app = playing(4.3);
    press(&mut app, "down s right s right V up i right right enter m y");
    let (sounds, waits) = (app.jam.sounding[0], app.jam.queued[0].unwrap());
    app.observe(snapshot(4.3, sounds, Some((waits, 8.0))));
    app.intent(Intent::Sample(Some(at("C1"))));
    app
}

#[test]
fn playing_a_fresh_set() {
    check("playing", &playing(1.3));
}

#[test]
fn busy_with_everything_at_once() {
    check("busy", &busy());
}

#[test]
fn stopped_with_an_empty_bank() {
    check("empty", &app(fresh()));
}

#[test]
fn a_pattern_that_comes_too_late_and_one_that_plays_unheard_are_seen_in_the_bank() {
    let mut app = playing(1.3);
    press_only(&mut app, "v");
    let row = |app: &App| {
        text(&screen(app, (80, 24))).lines().find(|line| line.starts_with(" A")).unwrap().to_owned()
    };
    let sounds = app.jam.sounding[0];
    app.observe(snapshot(2.0, sounds, None));
    assert!(row(&app).contains('\u{25cc}'), "{}", row(&app));
    app.observe(snapshot(4.1, sounds, None));
    assert!(row(&app).contains('!'), "{}", row(&app));
    assert!(text(&screen(&app, (80, 24))).contains("A1 is not ready yet"));
    press(&mut app, "u");
    assert!(row(&app).contains('\u{25ba}'), "{}", row(&app));
    press(&mut app, "T m");
    assert!(row(&app).contains('\u{25b7}'), "{}", row(&app));
}

#[test]
fn the_machine_and_the_log_beside_the_bank() {
    let mut app = playing(1.3);
    press(&mut app, "K");
    check("machine", &app);
    press(&mut app, "L s v u");
    check("log", &app);
}

#[test]
fn panes_hidden_swapped_and_zoomed() {
    let mut app = melodic();
    press(&mut app, "B");
    check("without_bank", &app);
    press(&mut app, "B W");
    check("swapped", &app);
    press(&mut app, "W Z");
    check("bank_zoomed", &app);
}

#[test]
fn themes_to_choose_from_the_players_own_among_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ember.toml"), "[palette]\namber = \"#ff4400\"\nfait = 3\n").unwrap();
    let mut app = playing(1.3);
    app.theme_folder = Some(folder.path().to_owned());
    press(&mut app, "C");
    check("themes", &app);
    press(&mut app, "e m b e r");
    assert_eq!(app.theme.name(), "ember", "it is seen at once");
    press(&mut app, "enter");
    assert!(app.jam.log.last().unwrap().text.contains("palette fait"), "{:?}", app.jam.log.last());
    press(&mut app, "C r i s o esc");
    assert_eq!(app.theme.name(), "ember");
}

#[test]
fn long_work_tells_how_far_it_is_and_what_ends_it() {
    let mut app = playing(1.3);
    let effects = press_only(&mut app, "E");
    let Some(Effect::Render { ticket, .. }) = effects.last() else { panic!("{effects:?}") };
    let progress = crate::jam::progress::Progress { share: 0.43, left: Some(4.0), loading: false };
    app.intent(Intent::Progress { ticket: *ticket, progress });
    check("rendering", &app);
    assert!(text(&screen(&app, (80, 24))).contains("rendering: 43%, 4 s left, ctrl-x stops"));
    assert_eq!(press_only(&mut app, "ctrl-x"), [Effect::Cancel(*ticket)]);
}

#[test]
fn all_keys() {
    let mut app = playing(1.3);
    press(&mut app, "?");
    check("help", &app);
}

#[test]
fn a_prefix_and_its_ways() {
    let mut app = playing(1.3);
    press_only(&mut app, "m");
    check("prefix", &app);
}

#[test]
fn every_way_of_a_prefix_stands_on_a_small_screen() {
    let mut app = playing(1.3);
    for prefix in ["T", "R", "m"] {
        press_only(&mut app, prefix);
        let Some((_, ways)) = app.keymap.waiting() else { panic!("{prefix} begins nothing") };
        let shown = text(&screen(&app, (80, 24)));
        for (key, command) in &ways {
            let begin: String = command.help.chars().take(8).collect();
            assert!(shown.contains(&format!("{key}  {begin}")), "{prefix} {key} {begin}\n{shown}");
        }
        press_only(&mut app, "esc");
    }
}

#[test]
fn an_empty_melody_is_not_drawn_as_drums() {
    let mut app = app(with_all_kinds());
    app.intent(Intent::SelectTrack(1));
    app.intent(Intent::NextModel);
    app.intent(Intent::Select(at("D4")));
    press(&mut app, "e");
    let shown = text(&screen(&app, (120, 40)));
    assert!(!shown.contains("HH"), "{shown}");
    assert!(shown.contains("0 notes"), "{shown}");
}

#[test]
fn a_failure_in_the_status_line() {
    let mut app = playing(1.3);
    app.intent(Intent::Say(Tone::Error, "models/x.safetensors ends too early: copy it again".into()));
    let screen = screen(&app, (80, 24));
    assert!(text(&screen).contains("! models/x.safetensors ends too early: copy it again"));
    assert_eq!(screen[(1, 22)].style().fg, app.theme.style("status.error").fg);
}

#[test]
fn a_long_failure_can_be_read_to_its_end_at_80_columns() {
    let mut app = playing(1.3);
    let why = "models/x.safetensors ends after 1024 of 4096 bytes (the copy was cut short, or the disk is full). \
               Copy it again, or `mvae-tui models import` it from the checkpoint it was made of";
    app.intent(Intent::Say(Tone::Error, why.into()));
    for size in [(60, 16), (80, 24), (120, 40)] {
        let shown = text(&screen(&app, size));
        let words: Vec<&str> = shown.split_whitespace().collect();
        let wanted: Vec<&str> = why.split_whitespace().collect();
        assert!(words.windows(3).any(|w| w == &wanted[wanted.len() - 3..]), "{size:?}\n{shown}");
        assert!(shown.contains("! models/x"), "{size:?}\n{shown}");
    }
    press(&mut app, "right");
    app.intent(Intent::Say(Tone::Said, "short".into()));
    assert!(text(&screen(&app, (80, 24))).contains("? keys"));
}

#[test]
fn the_keys_to_undo_save_and_quit_are_hinted_at_80_columns_and_the_help_everywhere() {
    let app = playing(1.3);
    let shown = text(&screen(&app, (80, 24)));
    for hint in ["u undo", "w save", "q quit", "? keys"] {
        assert!(shown.contains(hint), "{hint}\n{shown}");
    }
    assert!(text(&screen(&app, (60, 16))).contains("? keys"));
}

#[test]
fn a_cleared_slot_that_sounds_on_is_marked_as_empty_and_the_title_says_so() {
    let mut app = playing(1.3);
    let title = |app: &App| text(&screen(app, (80, 24))).lines().nth(2).unwrap().to_owned();
    let name = app.jam.selected().unwrap().name.clone();
    assert!(title(&app).contains(&format!("\u{25ba} A1 {name}")));
    press(&mut app, "x");
    assert!(title(&app).contains(&format!("{name} sounds on, A1 is empty")), "{}", title(&app));
    let shown = text(&screen(&app, (80, 24)));
    let row = shown.lines().find(|line| line.starts_with(" A ")).unwrap();
    assert!(!row.contains('\u{25ba}'), "{row}");
}

#[test]
fn the_notice_of_a_screen_that_is_too_small_is_whole_where_it_is_narrow() {
    let app = playing(1.3);
    let shown = text(&screen(&app, (18, 11)));
    let words: Vec<&str> = shown.split_whitespace().collect();
    assert_eq!(
        words.join(" "),
        "This screen is 18 x 11. mvae-tui needs 60 x 16: make the window larger. \
        The music plays on. space stops, q quits."
    );
}

#[test]
fn every_size_from_tiny_to_huge_is_drawn_without_a_fault_in_every_state() {
    let (mut help, mut prefix) = (busy(), busy());
    press(&mut help, "?");
    press_only(&mut prefix, "o");
    let mut zoomed = trio();
    press(&mut zoomed, "z");
    let mut mixing = melodic();
    press(&mut mixing, "X a B W");
    for app in [busy(), help, prefix, app(fresh()), trio(), zoomed, mixing] {
        for width in [0, 1, 2, 5, 20, 59, 60, 61, 75, 76, 79, 109, 110, 137, 255, 500] {
            for height in [0, 1, 2, 5, 15, 16, 17, 18, 19, 20, 23, 33, 53, 54, 90, 200] {
                screen(&app, (width, height));
            }
        }
    }
}

#[test]
fn the_playhead_column_and_the_hits_are_where_the_beat_says() {
    let app = playing(2.0);
    let size = (80, 24);
    let layout = view::Layout::new(Rect::new(0, 0, size.0, size.1)).unwrap();
    let buffer = screen(&app, size);
    let ruler = layout.roll.y + 1;
    let head = (0..size.0).find(|&x| buffer[(x, ruler)].symbol() == "\u{25bc}").unwrap();
    let kick = layout.lane(0).unwrap().y;
    // Step 8 of the first beat has a kick, step 9 has none.
    assert_eq!(buffer[(head, kick)].symbol(), "\u{2588}");
    assert_eq!(buffer[(head + layout.cell, kick)].symbol(), "\u{b7}");
    // The first bar line of the transport is eight steps to the left.
    assert_eq!(buffer[(head - 8 * layout.cell, ruler)].symbol(), "1");
}

#[test]
fn a_muted_class_keeps_its_lane_and_says_so() {
    let mut app = playing(2.0);
    press(&mut app, "1");
    let buffer = screen(&app, (80, 24));
    let lane = view::Layout::new(buffer.area).unwrap().lane(0).unwrap();
    let line: String = (0..13).map(|x| buffer[(x, lane.y)].symbol()).collect();
    assert!(line.contains("kick") && line.contains('x'), "{line:?}");
}

#[test]
fn states_are_told_without_colours_too() {
    let mut app = busy();
    app.theme = Theme::load(None, Depth::Mono);
    let buffer = screen(&app, (120, 40));
    let picture = text(&buffer);
    for glyph in ["\u{bb}", "\u{25cc}", "\u{25c6}"] {
        assert!(picture.contains(glyph), "{glyph} is missing:\n{picture}");
    }
    let plain = |colour| [ratatui::style::Color::Reset].contains(&colour);
    assert!(buffer.content.iter().all(|cell| plain(cell.fg) && plain(cell.bg)));
}

#[test]
fn building_a_frame_is_reported() {
    let app = busy();
    for size in SIZES {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut times: Vec<_> = (0..60)
            .map(|_| {
                let mut buffer = Buffer::empty(area);
                let begun = std::time::Instant::now();
                view::draw(&app, area, &mut buffer);
                begun.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!("frame of {}x{}: median {:?}, worst {:?}", size.0, size.1, times[30], times[59]);
    }
}
