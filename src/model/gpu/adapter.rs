//! The graphics cards of this machine, looked for before wonnx is: it panics where there is none.

use super::guard;
use crate::model::adapter::Adapter;
use wgpu::DeviceType;

/// What wgpu tells of an adapter; not marked as chosen.
fn described(info: &wgpu::AdapterInfo) -> Adapter {
    let kind = match info.device_type {
        DeviceType::DiscreteGpu => "discrete",
        DeviceType::IntegratedGpu => "integrated",
        DeviceType::VirtualGpu => "virtual",
        DeviceType::Cpu => "software",
        DeviceType::Other => "unknown",
    };
    let why_not = match info.device_type {
        DeviceType::Cpu => Some("it is software: slower than this program on the same processor".to_owned()),
        DeviceType::Other => Some("it does not say what it is".to_owned()),
        _ => None,
    };
    let driver = format!("{} {}", info.driver, info.driver_info);
    Adapter {
        name: info.name.clone(),
        kind,
        backend: format!("{:?}", info.backend).to_lowercase(),
        driver: driver.trim().to_owned(),
        chosen: false,
        why_not,
    }
}

/// Every adapter, the one that wonnx would take marked.
///
/// # Errors
/// In words: no adapter at all, `WGPU_ADAPTER_NAME` names none, or the drivers broke while being asked.
pub fn adapters() -> Result<Vec<Adapter>, String> {
    // As wonnx itself asks: the environment's wish, else the backends of the first class.
    let backends = wgpu::util::backend_bits_from_env().unwrap_or(wgpu::Backends::PRIMARY);
    let found = guard::survives_deep("looking for graphics cards", || {
        let instance = instance(backends);
        let all: Vec<Adapter> =
            instance.enumerate_adapters(backends).map(|a| described(&a.get_info())).collect();
        all
    })?;
    if found.is_empty() {
        return Err(
            "no graphics card is reachable (no Vulkan, Metal or DirectX 12 driver answered)".to_owned()
        );
    }
    // With a wrong WGPU_ADAPTER_NAME this panics, as wonnx would.
    let chosen = guard::survives_deep("choosing a graphics card", || {
        let instance = instance(backends);
        let adapter = wgpu::util::initialize_adapter_from_env_or_default(&instance, backends, None);
        super::session::wait(adapter).map(|adapter| described(&adapter.get_info()))
    });
    let chosen = match chosen {
        Ok(Some(chosen)) => chosen,
        Ok(None) => return Err("no graphics card was chosen by its driver".to_owned()),
        Err(why) => {
            let names: Vec<&str> = found.iter().map(|a| a.name.as_str()).collect();
            return Err(match std::env::var("WGPU_ADAPTER_NAME") {
                Ok(name) => {
                    format!("WGPU_ADAPTER_NAME is \"{name}\" and there is only: {}", names.join(", "))
                }
                Err(_) => why,
            });
        }
    };
    let mut marked = false;
    let mark = |mut adapter: Adapter| {
        adapter.chosen = !marked && adapter.key() == chosen.key();
        marked |= adapter.chosen;
        adapter
    };
    Ok(found.into_iter().map(mark).collect())
}

fn instance(backends: wgpu::Backends) -> wgpu::Instance {
    wgpu::Instance::new(wgpu::InstanceDescriptor { backends, dx12_shader_compiler: wgpu::Dx12Compiler::Fxc })
}
