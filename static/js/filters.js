/* Filters are GET forms and links that htmx answers in place. A field left empty asks for nothing,
   so it stays out of the address; what the server already shows keeps the focus. */

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const [name, value] of [...detail.formData.entries()]) {
    if (value === "") detail.formData.delete(name);
  }
});
