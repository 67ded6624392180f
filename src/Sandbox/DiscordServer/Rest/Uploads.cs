using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>The files of a <c>multipart/form-data</c> request: <c>payload_json</c>, and <c>files[0]</c>, <c>files[1]</c> …</summary>
internal sealed class Uploads(IReadOnlyDictionary<string, Uploads.UploadedFile> files, Func<ulong, string, string> address)
{
    private const int MaxFiles = 10;
    private const int MaxBytes = 10 * 1024 * 1024;

    public static Uploads None { get; } = new(new Dictionary<string, UploadedFile>(), (_, _) => "");

    public bool Any => files.Count > 0;

    internal sealed record UploadedFile(string Filename, string ContentType, byte[] Content);

    /// <exception cref="RestRefusal">Too many or too large.</exception>
    public static async Task<Uploads> ReadAsync(IFormCollection form, Uri root, CancellationToken stop)
    {
        if (form.Files.Count > MaxFiles)
            throw FormErrors.Single("files", "BASE_TYPE_MAX_LENGTH", $"Must be {MaxFiles} or fewer in length.");
        if (form.Files.Sum(file => file.Length) > MaxBytes)
            throw new RestRefusal(413, 40005, "Request entity too large");
        var files = new Dictionary<string, UploadedFile>();
        foreach (var file in form.Files)
        {
            using var content = new MemoryStream();
            await file.CopyToAsync(content, stop);
            files[file.Name] = new(file.FileName, file.ContentType ?? "application/octet-stream", content.ToArray());
        }

        return new(files, (id, name) => new Uri(root, $"attachments/{id}/{Uri.EscapeDataString(name)}").ToString());
    }

    /// <summary>What the message carries from now on; ids in <c>attachments</c> are those of files sent along, or of what is there already.</summary>
    /// <exception cref="RestRefusal">An id names neither.</exception>
    public List<Attachment> Apply(Form form, IReadOnlyList<Attachment> before, Snowflakes ids)
    {
        var named = form.Children("attachments", MaxFiles);
        form.Errors.ThrowIfAny();
        var kept = form.Has("attachments") ? new List<Attachment>() : [.. before];
        var left = files.ToDictionary();
        foreach (var attachment in named)
        {
            var id = attachment.Unsigned("id", required: true);
            var description = attachment.Text("description", 0, 1_024);
            if (left.Remove($"files[{id}]", out var file))
                kept.Add(Make(ids.Next(), attachment.Text("filename", 1, 1_024) ?? file.Filename, file, description));
            else if (before.FirstOrDefault(known => known.Id == id) is { } known)
                kept.Add(known);
            else
                attachment.Wrong("id", "ATTACHMENT_NOT_FOUND", $"There is no file files[{id}] in this request.");
        }

        form.Errors.ThrowIfAny();
        // Files that attachments do not name come along all the same.
        kept.AddRange(left.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => Make(ids.Next(), file.Value.Filename, file.Value, null)));
        return kept;
    }

    private Attachment Make(ulong id, string filename, UploadedFile file, string? description) =>
        new(id, filename, file.ContentType, description, file.Content.Length, address(id, filename)) { Content = file.Content };
}
