using System.Globalization;
using System.Text;

namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>
/// A request as it goes over the wire. Names and values are what is sent, encoded already or broken on purpose; a character is a
/// byte (Latin-1), so that what is no UTF-8 can be written too.
/// </summary>
internal sealed class WireRequest
{
    public required string Method { get; set; }

    /// <summary>Without the query.</summary>
    public required string Path { get; set; }

    public List<(string Name, string Value)> Query { get; init; } = [];

    public string Version { get; set; } = "HTTP/1.1";

    public List<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The fields of a form; null when the body is none.</summary>
    public List<(string Name, string Value)>? Form { get; set; }

    /// <summary>Any other body; goes before <see cref="Form"/>.</summary>
    public string? Body { get; set; }

    /// <summary>Put between the headers as it is.</summary>
    public string RawHeaders { get; set; } = "";

    /// <summary>Nothing more is sent after it, so that the server does not wait for what was promised.</summary>
    public bool EndsEarly { get; set; }

    /// <summary>What ends a line.</summary>
    public string LineEnd { get; set; } = "\r\n";

    public string Target => Query.Count == 0 ? Path : $"{Path}?{Joined(Query)}";

    public void SetHeader(string name, string value)
    {
        RemoveHeader(name);
        Headers.Add((name, value));
    }

    public void RemoveHeader(string name) => Headers.RemoveAll(header => header.Name == name);

    public string? Header(string name) => Headers.FirstOrDefault(header => header.Name == name).Value;

    public byte[] ToBytes()
    {
        var text = new StringBuilder().Append(Method).Append(' ').Append(Target).Append(' ').Append(Version).Append(LineEnd);
        foreach (var (name, value) in Headers)
            text.Append(name).Append(": ").Append(value).Append(LineEnd);
        text.Append(RawHeaders);
        var body = Body ?? (Form is null ? null : Joined(Form));
        if (body is not null && Header("Content-Length") is null && Header("Transfer-Encoding") is null)
            text.Append("Content-Length: ").Append(body.Length.ToString(CultureInfo.InvariantCulture)).Append(LineEnd);
        return Encoding.Latin1.GetBytes(text.Append(LineEnd).Append(body).ToString());
    }

    private static string Joined(List<(string Name, string Value)> fields) =>
        string.Join('&', fields.Select(field => $"{field.Name}={field.Value}"));
}
