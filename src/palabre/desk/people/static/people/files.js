// A file that is too large is told before it travels.
const field = document.querySelector("input[data-bytes]");
if (field) {
  const fault = document.getElementById("f-file_large");
  const judge = () => {
    const large = field.files.length && field.files[0].size > Number(field.dataset.bytes);
    fault.hidden = !large;
    field.setAttribute("aria-invalid", String(Boolean(large)));
    return !large;
  };
  field.addEventListener("change", judge);
  field.form.addEventListener("submit", (event) => { if (!judge()) { event.preventDefault(); field.focus(); } });
}
