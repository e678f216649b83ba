// Proves and verifies ranges from eight threads at once, without bindgen:
//
//     rustc --edition 2021 ranges.rs -L LIBRARY-FOLDER -o ranges
use std::ffi::CStr;
use std::os::raw::c_char;
use std::ptr::{null, null_mut};

#[repr(C)]
struct Buffer {
    bytes: *mut u8,
    count: usize,
}

#[repr(C)]
struct Statement {
    size: usize,
    label: *const u8,
    label_count: usize,
    commitments: *const u8,
    commitment_count: usize,
    lower: u64,
    upper: u64,
    bits: u32,
    has_bounds: u32,
}

#[link(name = "solvency")]
extern "C" {
    fn solvency_abi_version() -> u32;
    fn solvency_buffer_free(buffer: *mut Buffer);
    fn solvency_verdict_name(verdict: i32) -> *const c_char;
    fn solvency_range_prove(
        statement: *const Statement, values: *const u64, blindings: *const u8, fresh: *mut u8, commitments: *mut u8,
        proof: *mut Buffer, error: *mut Buffer,
    ) -> i32;
    fn solvency_range_verify_many(
        statements: *const Statement, proofs: *const *const u8, counts: *const usize, count: usize, verdicts: *mut i32,
        error: *mut Buffer,
    ) -> i32;
}

fn check(code: i32, error: &mut Buffer) -> Result<(), String> {
    if code == 0 {
        return Ok(());
    }
    let text = unsafe { std::slice::from_raw_parts(error.bytes, error.count) };
    let message = String::from_utf8_lossy(text).into_owned();
    unsafe { solvency_buffer_free(error) };
    Err(message)
}

fn verdict(values: &[u64], spoil: bool) -> Result<String, String> {
    let label = b"rust example";
    let mut statement = Statement {
        size: std::mem::size_of::<Statement>(), label: label.as_ptr(), label_count: label.len(), commitments: null(),
        commitment_count: values.len(), lower: 0, upper: 0, bits: 32, has_bounds: 0,
    };
    let mut commitments = vec![0u8; 32 * values.len()];
    let mut blindings = vec![0u8; 32 * values.len()];
    let mut proof = Buffer { bytes: null_mut(), count: 0 };
    let mut error = Buffer { bytes: null_mut(), count: 0 };
    let code = unsafe {
        solvency_range_prove(
            &statement, values.as_ptr(), null(), blindings.as_mut_ptr(), commitments.as_mut_ptr(), &mut proof, &mut error,
        )
    };
    check(code, &mut error)?;
    let mut bytes = unsafe { std::slice::from_raw_parts(proof.bytes, proof.count) }.to_vec();
    unsafe { solvency_buffer_free(&mut proof) };
    if spoil {
        let last = bytes.len() - 1 - 32;
        bytes[last] ^= 1;
    }
    statement.commitments = commitments.as_ptr();
    let (pointer, count, mut found) = (bytes.as_ptr(), bytes.len(), -1);
    let code =
        unsafe { solvency_range_verify_many(&statement, &pointer, &count, 1, &mut found, &mut error) };
    check(code, &mut error)?;
    Ok(unsafe { CStr::from_ptr(solvency_verdict_name(found)) }.to_string_lossy().into_owned())
}

fn main() -> Result<(), String> {
    assert_eq!(unsafe { solvency_abi_version() }, 1);
    let workers: Vec<_> = (0..8u64)
        .map(|index| {
            std::thread::spawn(move || {
                let values: Vec<u64> = (0..=index % 4).map(|value| value * 1_000 + index).collect();
                (verdict(&values, false), verdict(&values, true))
            })
        })
        .collect();
    for worker in workers {
        let (good, bad) = worker.join().map_err(|_| "a thread ended early")?;
        assert_eq!(good?, "accepted");
        assert_ne!(bad?, "accepted");
    }
    // A value beyond its bits is refused with a line that says so.
    let refusal = verdict(&[1 << 40], false).unwrap_err();
    assert!(refusal.contains("value 0"), "{refusal}");
    println!("eight threads: accepted what holds, rejected what does not");
    Ok(())
}
